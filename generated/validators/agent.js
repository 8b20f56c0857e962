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
if(data.manifest_uri === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "manifest_uri"}, "must have required property '"+"manifest_uri"+"'");
errors++;
}
if(data.capabilities === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "capabilities"}, "must have required property '"+"capabilities"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "id") || (key0 === "manifest_uri")) || (key0 === "capabilities"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
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
if(data.manifest_uri !== undefined){
if(typeof data.manifest_uri !== "string"){
vErrors = fault(vErrors, instancePath+"/manifest_uri", "#/properties/manifest_uri/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.capabilities !== undefined){
let data2 = data.capabilities;
if(Array.isArray(data2)){
if(data2.length < 1){
vErrors = fault(vErrors, instancePath+"/capabilities", "#/properties/capabilities/minItems", "minItems", {limit: 1}, "must NOT have fewer than 1 items");
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data2[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/capabilities/" + i0, "#/properties/capabilities/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/capabilities", "#/properties/capabilities/type", "type", {type: "array"}, "must be array");
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

export const validateAgent = /* @__PURE__ */ face("Agent", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
