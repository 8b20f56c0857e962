// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "artifact_id"}, "must have required property '"+"artifact_id"+"'");
errors++;
}
if(data.task_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "task_id"}, "must have required property '"+"task_id"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "artifact_id") || (key0 === "task_id")) || (key0 === "name"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.artifact_id !== undefined){
if(typeof data.artifact_id !== "string"){
vErrors = fault(vErrors, instancePath+"/artifact_id", "#/properties/artifact_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.task_id !== undefined){
if(typeof data.task_id !== "string"){
vErrors = fault(vErrors, instancePath+"/task_id", "#/properties/task_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/name", "#/properties/name/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateArtifactNotify = /* @__PURE__ */ face("ArtifactNotify", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
