// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, lengthOf } from "./faults.js";
const func0 = lengthOf;
const pattern0 = /* @__PURE__ */ new RegExp("^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$", "u");
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
if(data.description === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "description"}, "must have required property '"+"description"+"'");
errors++;
}
if(data.endpoints === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "endpoints"}, "must have required property '"+"endpoints"+"'");
errors++;
}
if(data.asap_version === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "asap_version"}, "must have required property '"+"asap_version"+"'");
errors++;
}
if(data.id !== undefined){
let data0 = data.id;
if(typeof data0 === "string"){
if(data0.length > 256 && func0(data0) > 256){
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
if(data.description !== undefined){
if(typeof data.description !== "string"){
vErrors = fault(vErrors, instancePath+"/description", "#/properties/description/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.endpoints !== undefined){
let data3 = data.endpoints;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key0 in data3){
if(errors > 999)break;
if(typeof data3[key0] !== "string"){
vErrors = fault(vErrors, instancePath+"/endpoints/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), "#/properties/endpoints/additionalProperties/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/endpoints", "#/properties/endpoints/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.skills !== undefined){
let data5 = data.skills;
if(Array.isArray(data5)){
const len0 = data5.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data5[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "#/properties/skills/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/skills", "#/properties/skills/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.asap_version !== undefined){
if(typeof data.asap_version !== "string"){
vErrors = fault(vErrors, instancePath+"/asap_version", "#/properties/asap_version/type", "type", {type: "string"}, "must be string");
errors++;
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

export const validateRegistryEntryTolerant = /* @__PURE__ */ face("RegistryEntry", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
