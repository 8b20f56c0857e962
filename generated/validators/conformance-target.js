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
if(data.agentId === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "agentId"}, "must have required property '"+"agentId"+"'");
errors++;
}
if(data.agentVersion === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "agentVersion"}, "must have required property '"+"agentVersion"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "name") || (key0 === "agentId")) || (key0 === "agentVersion"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.name !== undefined){
if(typeof data.name !== "string"){
vErrors = fault(vErrors, instancePath+"/name", "#/properties/name/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.agentId !== undefined){
let data1 = data.agentId;
if((typeof data1 !== "string") && (data1 !== null)){
vErrors = fault(vErrors, instancePath+"/agentId", "#/properties/agentId/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.agentVersion !== undefined){
let data2 = data.agentVersion;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/agentVersion", "#/properties/agentVersion/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateConformanceTarget = /* @__PURE__ */ face("ConformanceTarget", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
