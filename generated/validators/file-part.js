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
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.uri === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "uri"}, "must have required property '"+"uri"+"'");
errors++;
}
if(data.mime_type === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "mime_type"}, "must have required property '"+"mime_type"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "type") || (key0 === "uri")) || (key0 === "mime_type")) || (key0 === "inline_data"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("file" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "#/properties/type/const", "const", {allowedValue: "file"}, "must be equal to constant");
errors++;
}
}
if(data.uri !== undefined){
let data1 = data.uri;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/uri", "#/properties/uri/type", "type", {type: "string"}, "must be string");
errors++;
}
const _errs5 = errors;
const _errs6 = errors;
const _errs7 = errors;
let valid2 = false;
const _errs8 = errors;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
errors++;
}
}
var _valid0 = _errs8 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs9 = errors;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
errors++;
}
}
var _valid0 = _errs9 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
errors++;
}
else {
errors = _errs7;
vErrors = keep(vErrors, _errs7);
}
var valid1 = _errs6 === errors;
if(valid1){
vErrors = fault(vErrors, instancePath+"/uri", "#/properties/uri/not", "not", {}, "must NOT be valid");
errors++;
}
else {
errors = _errs5;
vErrors = keep(vErrors, _errs5);
}
}
if(data.mime_type !== undefined){
let data2 = data.mime_type;
if(typeof data2 === "string"){
if(!pattern2.test(data2)){
vErrors = fault(vErrors, instancePath+"/mime_type", "#/properties/mime_type/pattern", "pattern", {pattern: "^[A-Za-z0-9-]+/[A-Za-z0-9.+-]+$"}, "must match pattern \""+"^[A-Za-z0-9-]+/[A-Za-z0-9.+-]+$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/mime_type", "#/properties/mime_type/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.inline_data !== undefined){
let data3 = data.inline_data;
if((typeof data3 !== "string") && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/inline_data", "#/properties/inline_data/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data3 === "string"){
if(!pattern3.test(data3)){
vErrors = fault(vErrors, instancePath+"/inline_data", "#/properties/inline_data/pattern", "pattern", {pattern: "^(?:[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/])*(?:[A-Za-z0-9+/][A-Za-z0-9+/]==|[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]=)?$"}, "must match pattern \""+"^(?:[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/])*(?:[A-Za-z0-9+/][A-Za-z0-9+/]==|[A-Za-z0-9+/][A-Za-z0-9+/][A-Za-z0-9+/]=)?$"+"\"");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "object"}, "must be object");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validateFilePart = /* @__PURE__ */ face("FilePart", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
