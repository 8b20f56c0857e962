// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, join, lengthOf } from "./faults.js";
const func1 = lengthOf;
const pattern0 = /* @__PURE__ */ new RegExp("^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$", "u");
const pattern1 = /* @__PURE__ */ new RegExp("^\\s*[vV]?(?:\\d+!)?\\d+(?:\\.\\d+){0,99}(?:[-_.]?(?:[aA]|[bB]|[cC]|[rR][cC]|[aA][lL][pP][hH][aA]|[bB][eE][tT][aA]|[pP][rR][eE]|[pP][rR][eE][vV][iI][eE][wW])[-_.]?\\d*)?(?:-\\d+|[-_.]?(?:[pP][oO][sS][tT]|[rR][eE][vV]|[rR])[-_.]?\\d*)?(?:[-_.]?[dD][eE][vV][-_.]?\\d*)?(?:\\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+){0,99})?\\s*$", "u");
const pattern2 = /* @__PURE__ */ new RegExp("^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$", "u");
function validate1(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "asap_version") || (key0 === "skills")) || (key0 === "state_persistence")) || (key0 === "streaming")) || (key0 === "mcp_tools"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.asap_version !== undefined){
if(typeof data.asap_version !== "string"){
vErrors = fault(vErrors, instancePath+"/asap_version", "#/properties/asap_version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.skills !== undefined){
let data1 = data.skills;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.id === undefined){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data2.description === undefined){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/required", "required", {missingProperty: "description"}, "must have required property '"+"description"+"'");
errors++;
}
for(const key1 in data2){
if(errors > 999)break;
if(!((((key1 === "id") || (key1 === "description")) || (key1 === "input_schema")) || (key1 === "output_schema"))){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data2.id !== undefined){
if(typeof data2.id !== "string"){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/id", "Skill/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.description !== undefined){
if(typeof data2.description !== "string"){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/description", "Skill/properties/description/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.input_schema !== undefined){
let data5 = data2.input_schema;
if((!(data5 && typeof data5 == "object" && !Array.isArray(data5))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/input_schema", "Skill/properties/input_schema/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data2.output_schema !== undefined){
let data6 = data2.output_schema;
if((!(data6 && typeof data6 == "object" && !Array.isArray(data6))) && (data6 !== null)){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/output_schema", "Skill/properties/output_schema/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/skills", "#/properties/skills/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.state_persistence !== undefined){
if(typeof data.state_persistence !== "boolean"){
vErrors = fault(vErrors, instancePath+"/state_persistence", "#/properties/state_persistence/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.streaming !== undefined){
if(typeof data.streaming !== "boolean"){
vErrors = fault(vErrors, instancePath+"/streaming", "#/properties/streaming/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.mcp_tools !== undefined){
let data9 = data.mcp_tools;
if(Array.isArray(data9)){
const len1 = data9.length;
for(let i1=0; i1<len1 && errors < 1000; i1++){
if(typeof data9[i1] !== "string"){
vErrors = fault(vErrors, instancePath+"/mcp_tools/" + i1, "#/properties/mcp_tools/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/mcp_tools", "#/properties/mcp_tools/type", "type", {type: "array"}, "must be array");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "object"}, "must be object");
errors++;
}
validate1.errors = vErrors;
return errors === 0;
}
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.name === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "name"}, "must have required property '"+"name"+"'");
errors++;
}
if(data.version === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "version"}, "must have required property '"+"version"+"'");
errors++;
}
if(data.description === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "description"}, "must have required property '"+"description"+"'");
errors++;
}
if(data.capabilities === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "capabilities"}, "must have required property '"+"capabilities"+"'");
errors++;
}
if(data.endpoints === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "endpoints"}, "must have required property '"+"endpoints"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "id" || key0 === "name" || key0 === "version" || key0 === "description" || key0 === "capabilities" || key0 === "endpoints" || key0 === "auth" || key0 === "signature" || key0 === "ttl_seconds"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.id !== undefined){
let data0 = data.id;
if(typeof data0 === "string"){
if(data0.length > 256 && func1(data0) > 256){
vErrors = fault(vErrors, instancePath+"/id", "AgentUrn/maxLength", "maxLength", {limit: 256}, "must NOT have more than 256 characters");
errors++;
}
if(!pattern0.test(data0)){
vErrors = fault(vErrors, instancePath+"/id", "AgentUrn/pattern", "pattern", {pattern: "^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"}, "must match pattern \""+"^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/id", "AgentUrn/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.name !== undefined){
if(typeof data.name !== "string"){
vErrors = fault(vErrors, instancePath+"/name", "#/properties/name/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.version !== undefined){
let data2 = data.version;
if(typeof data2 === "string"){
if(!pattern1.test(data2)){
vErrors = fault(vErrors, instancePath+"/version", "#/properties/version/pattern", "pattern", {pattern: "^\\s*[vV]?(?:\\d+!)?\\d+(?:\\.\\d+){0,99}(?:[-_.]?(?:[aA]|[bB]|[cC]|[rR][cC]|[aA][lL][pP][hH][aA]|[bB][eE][tT][aA]|[pP][rR][eE]|[pP][rR][eE][vV][iI][eE][wW])[-_.]?\\d*)?(?:-\\d+|[-_.]?(?:[pP][oO][sS][tT]|[rR][eE][vV]|[rR])[-_.]?\\d*)?(?:[-_.]?[dD][eE][vV][-_.]?\\d*)?(?:\\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+){0,99})?\\s*$"}, "must match pattern \""+"^\\s*[vV]?(?:\\d+!)?\\d+(?:\\.\\d+){0,99}(?:[-_.]?(?:[aA]|[bB]|[cC]|[rR][cC]|[aA][lL][pP][hH][aA]|[bB][eE][tT][aA]|[pP][rR][eE]|[pP][rR][eE][vV][iI][eE][wW])[-_.]?\\d*)?(?:-\\d+|[-_.]?(?:[pP][oO][sS][tT]|[rR][eE][vV]|[rR])[-_.]?\\d*)?(?:[-_.]?[dD][eE][vV][-_.]?\\d*)?(?:\\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+){0,99})?\\s*$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/version", "#/properties/version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.description !== undefined){
if(typeof data.description !== "string"){
vErrors = fault(vErrors, instancePath+"/description", "#/properties/description/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.capabilities !== undefined){
if(!(validate1(data.capabilities, instancePath+"/capabilities"))){
vErrors = join(vErrors, validate1.errors);
errors += validate1.errors.length;
}
}
if(data.endpoints !== undefined){
let data5 = data.endpoints;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.asap === undefined){
vErrors = fault(vErrors, instancePath+"/endpoints", "Endpoint/required", "required", {missingProperty: "asap"}, "must have required property '"+"asap"+"'");
errors++;
}
for(const key1 in data5){
if(errors > 999)break;
if(!((key1 === "asap") || (key1 === "events"))){
vErrors = fault(vErrors, instancePath+"/endpoints", "Endpoint/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data5.asap !== undefined){
if(typeof data5.asap !== "string"){
vErrors = fault(vErrors, instancePath+"/endpoints/asap", "Endpoint/properties/asap/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data5.events !== undefined){
let data7 = data5.events;
if((typeof data7 !== "string") && (data7 !== null)){
vErrors = fault(vErrors, instancePath+"/endpoints/events", "Endpoint/properties/events/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/endpoints", "Endpoint/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.auth !== undefined){
let data8 = data.auth;
if((!(data8 && typeof data8 == "object" && !Array.isArray(data8))) && (data8 !== null)){
vErrors = fault(vErrors, instancePath+"/auth", "#/properties/auth/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(data8.schemes === undefined){
vErrors = fault(vErrors, instancePath+"/auth", "#/properties/auth/required", "required", {missingProperty: "schemes"}, "must have required property '"+"schemes"+"'");
errors++;
}
for(const key2 in data8){
if(errors > 999)break;
if(!((key2 === "schemes") || (key2 === "oauth2"))){
vErrors = fault(vErrors, instancePath+"/auth", "#/properties/auth/additionalProperties", "additionalProperties", {additionalProperty: key2}, "must NOT have additional properties");
errors++;
}
}
if(data8.schemes !== undefined){
let data9 = data8.schemes;
if(Array.isArray(data9)){
const len0 = data9.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data10 = data9[i0];
if(typeof data10 === "string"){
if(!pattern2.test(data10)){
vErrors = fault(vErrors, instancePath+"/auth/schemes/" + i0, "#/properties/auth/properties/schemes/items/pattern", "pattern", {pattern: "^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$"}, "must match pattern \""+"^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/auth/schemes/" + i0, "#/properties/auth/properties/schemes/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/auth/schemes", "#/properties/auth/properties/schemes/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data8.oauth2 !== undefined){
let data11 = data8.oauth2;
if((!(data11 && typeof data11 == "object" && !Array.isArray(data11))) && (data11 !== null)){
vErrors = fault(vErrors, instancePath+"/auth/oauth2", "#/properties/auth/properties/oauth2/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
}
}
if(data.signature !== undefined){
let data12 = data.signature;
if((typeof data12 !== "string") && (data12 !== null)){
vErrors = fault(vErrors, instancePath+"/signature", "#/properties/signature/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.ttl_seconds !== undefined){
let data13 = data.ttl_seconds;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
vErrors = fault(vErrors, instancePath+"/ttl_seconds", "#/properties/ttl_seconds/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
vErrors = fault(vErrors, instancePath+"/ttl_seconds", "#/properties/ttl_seconds/minimum", "minimum", {comparison: ">=", limit: 1}, "must be >= 1");
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

export const validateManifest = /* @__PURE__ */ face("Manifest", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
