// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, keep } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("\\.\\.", "u");
const pattern1 = /* @__PURE__ */ new RegExp("^[\\s\\u001c-\\u001f\\u0085]*[Ff][Ii][Ll][Ee]://", "u");
const pattern2 = /* @__PURE__ */ new RegExp("^[A-Za-z0-9-]+/[A-Za-z0-9.+-]+$", "u");
const pattern3 = /* @__PURE__ */ new RegExp("^(?:[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/])*(?:[A-Za-z0-9+/][A-Za-z0-9+/]==|[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]=)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
const tag0 = data.type;
if(typeof tag0 == "string"){
if(tag0 === "text"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "TextPart/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.content === undefined){
vErrors = fault(vErrors, instancePath, "TextPart/required", "required", {missingProperty: "content"}, "must have required property '"+"content"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "type") || (key0 === "content"))){
vErrors = fault(vErrors, instancePath, "TextPart/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("text" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "TextPart/properties/type/const", "const", {allowedValue: "text"}, "must be equal to constant");
errors++;
}
}
if(data.content !== undefined){
if(typeof data.content !== "string"){
vErrors = fault(vErrors, instancePath+"/content", "TextPart/properties/content/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath, "TextPart/type", "type", {type: "object"}, "must be object");
errors++;
}
}
else if(tag0 === "data"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "DataPart/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.data === undefined){
vErrors = fault(vErrors, instancePath, "DataPart/required", "required", {missingProperty: "data"}, "must have required property '"+"data"+"'");
errors++;
}
for(const key1 in data){
if(errors > 999)break;
if(!(((key1 === "type") || (key1 === "data")) || (key1 === "schema_uri"))){
vErrors = fault(vErrors, instancePath, "DataPart/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("data" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "DataPart/properties/type/const", "const", {allowedValue: "data"}, "must be equal to constant");
errors++;
}
}
if(data.data !== undefined){
let data3 = data.data;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
vErrors = fault(vErrors, instancePath+"/data", "DataPart/properties/data/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.schema_uri !== undefined){
let data4 = data.schema_uri;
if((typeof data4 !== "string") && (data4 !== null)){
vErrors = fault(vErrors, instancePath+"/schema_uri", "DataPart/properties/schema_uri/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath, "DataPart/type", "type", {type: "object"}, "must be object");
errors++;
}
}
else if(tag0 === "file"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "FilePart/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.uri === undefined){
vErrors = fault(vErrors, instancePath, "FilePart/required", "required", {missingProperty: "uri"}, "must have required property '"+"uri"+"'");
errors++;
}
if(data.mime_type === undefined){
vErrors = fault(vErrors, instancePath, "FilePart/required", "required", {missingProperty: "mime_type"}, "must have required property '"+"mime_type"+"'");
errors++;
}
for(const key2 in data){
if(errors > 999)break;
if(!((((key2 === "type") || (key2 === "uri")) || (key2 === "mime_type")) || (key2 === "inline_data"))){
vErrors = fault(vErrors, instancePath, "FilePart/additionalProperties", "additionalProperties", {additionalProperty: key2}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("file" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "FilePart/properties/type/const", "const", {allowedValue: "file"}, "must be equal to constant");
errors++;
}
}
if(data.uri !== undefined){
let data6 = data.uri;
if(typeof data6 !== "string"){
vErrors = fault(vErrors, instancePath+"/uri", "FilePart/properties/uri/type", "type", {type: "string"}, "must be string");
errors++;
}
const _errs25 = errors;
const _errs26 = errors;
const _errs27 = errors;
let valid11 = false;
const _errs28 = errors;
if(typeof data6 === "string"){
if(!pattern0.test(data6)){
errors++;
}
}
var _valid0 = _errs28 === errors;
valid11 = valid11 || _valid0;
if(!valid11){
const _errs29 = errors;
if(typeof data6 === "string"){
if(!pattern1.test(data6)){
errors++;
}
}
var _valid0 = _errs29 === errors;
valid11 = valid11 || _valid0;
}
if(!valid11){
errors++;
}
else {
errors = _errs27;
vErrors = keep(vErrors, _errs27);
}
var valid10 = _errs26 === errors;
if(valid10){
vErrors = fault(vErrors, instancePath+"/uri", "FilePart/properties/uri/not", "not", {}, "must NOT be valid");
errors++;
}
else {
errors = _errs25;
vErrors = keep(vErrors, _errs25);
}
}
if(data.mime_type !== undefined){
let data7 = data.mime_type;
if(typeof data7 === "string"){
if(!pattern2.test(data7)){
vErrors = fault(vErrors, instancePath+"/mime_type", "FilePart/properties/mime_type/pattern", "pattern", {pattern: "^[A-Za-z0-9-]+/[A-Za-z0-9.+-]+$"}, "must match pattern \""+"^[A-Za-z0-9-]+/[A-Za-z0-9.+-]+$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/mime_type", "FilePart/properties/mime_type/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.inline_data !== undefined){
let data8 = data.inline_data;
if((typeof data8 !== "string") && (data8 !== null)){
vErrors = fault(vErrors, instancePath+"/inline_data", "FilePart/properties/inline_data/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data8 === "string"){
if(!pattern3.test(data8)){
vErrors = fault(vErrors, instancePath+"/inline_data", "FilePart/properties/inline_data/pattern", "pattern", {pattern: "^(?:[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/])*(?:[A-Za-z0-9+/][A-Za-z0-9+/]==|[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]=)?$"}, "must match pattern \""+"^(?:[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/])*(?:[A-Za-z0-9+/][A-Za-z0-9+/]==|[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]=)?$"+"\"");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath, "FilePart/type", "type", {type: "object"}, "must be object");
errors++;
}
}
else if(tag0 === "resource"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "ResourcePart/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.resource_uri === undefined){
vErrors = fault(vErrors, instancePath, "ResourcePart/required", "required", {missingProperty: "resource_uri"}, "must have required property '"+"resource_uri"+"'");
errors++;
}
for(const key3 in data){
if(errors > 999)break;
if(!((key3 === "type") || (key3 === "resource_uri"))){
vErrors = fault(vErrors, instancePath, "ResourcePart/additionalProperties", "additionalProperties", {additionalProperty: key3}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("resource" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "ResourcePart/properties/type/const", "const", {allowedValue: "resource"}, "must be equal to constant");
errors++;
}
}
if(data.resource_uri !== undefined){
if(typeof data.resource_uri !== "string"){
vErrors = fault(vErrors, instancePath+"/resource_uri", "ResourcePart/properties/resource_uri/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath, "ResourcePart/type", "type", {type: "object"}, "must be object");
errors++;
}
}
else if(tag0 === "template"){
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "TemplatePart/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.template === undefined){
vErrors = fault(vErrors, instancePath, "TemplatePart/required", "required", {missingProperty: "template"}, "must have required property '"+"template"+"'");
errors++;
}
if(data.variables === undefined){
vErrors = fault(vErrors, instancePath, "TemplatePart/required", "required", {missingProperty: "variables"}, "must have required property '"+"variables"+"'");
errors++;
}
for(const key4 in data){
if(errors > 999)break;
if(!(((key4 === "type") || (key4 === "template")) || (key4 === "variables"))){
vErrors = fault(vErrors, instancePath, "TemplatePart/additionalProperties", "additionalProperties", {additionalProperty: key4}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("template" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "TemplatePart/properties/type/const", "const", {allowedValue: "template"}, "must be equal to constant");
errors++;
}
}
if(data.template !== undefined){
if(typeof data.template !== "string"){
vErrors = fault(vErrors, instancePath+"/template", "TemplatePart/properties/template/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.variables !== undefined){
let data13 = data.variables;
if(!(data13 && typeof data13 == "object" && !Array.isArray(data13))){
vErrors = fault(vErrors, instancePath+"/variables", "TemplatePart/properties/variables/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath, "TemplatePart/type", "type", {type: "object"}, "must be object");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath, "#/discriminator", "discriminator", {error: "mapping", tag: "type", tagValue: tag0}, "value of tag \"type\" must be in oneOf");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath, "#/discriminator", "discriminator", {error: "tag", tag: "type", tagValue: tag0}, "tag \"type\" must be string");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "object"}, "must be object");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validatePart = /* @__PURE__ */ face("Part", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
