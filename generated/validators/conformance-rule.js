// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.text === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "text"}, "must have required property '"+"text"+"'");
errors++;
}
if(data.source === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "source"}, "must have required property '"+"source"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "id") || (key0 === "text")) || (key0 === "source"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.id !== undefined){
if(typeof data.id !== "string"){
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.text !== undefined){
if(typeof data.text !== "string"){
vErrors = fault(vErrors, instancePath+"/text", "#/properties/text/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.source !== undefined){
if(typeof data.source !== "string"){
vErrors = fault(vErrors, instancePath+"/source", "#/properties/source/type", "type", {type: "string"}, "must be string");
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

export const validateConformanceRule = /* @__PURE__ */ face("ConformanceRule", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
