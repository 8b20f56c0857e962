// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "name"}, "must have required property '"+"name"+"'");
errors++;
}
if(data.version === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "version"}, "must have required property '"+"version"+"'");
errors++;
}
if(data.protocol === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "protocol"}, "must have required property '"+"protocol"+"'");
errors++;
}
if(data.specHash === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "specHash"}, "must have required property '"+"specHash"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "name") || (key0 === "version")) || (key0 === "protocol")) || (key0 === "specHash"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.name !== undefined){
if("asap-kit" !== data.name){
vErrors = fault(vErrors, instancePath+"/name", "#/properties/name/const", "const", {allowedValue: "asap-kit"}, "must be equal to constant");
errors++;
}
}
if(data.version !== undefined){
if(typeof data.version !== "string"){
vErrors = fault(vErrors, instancePath+"/version", "#/properties/version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.protocol !== undefined){
if(typeof data.protocol !== "string"){
vErrors = fault(vErrors, instancePath+"/protocol", "#/properties/protocol/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.specHash !== undefined){
if(typeof data.specHash !== "string"){
vErrors = fault(vErrors, instancePath+"/specHash", "#/properties/specHash/type", "type", {type: "string"}, "must be string");
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

export const validateConformanceSuite = /* @__PURE__ */ face("ConformanceSuite", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
