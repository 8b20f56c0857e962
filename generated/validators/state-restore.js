// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.task_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "task_id"}, "must have required property '"+"task_id"+"'");
errors++;
}
if(data.snapshot_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "snapshot_id"}, "must have required property '"+"snapshot_id"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "task_id") || (key0 === "snapshot_id"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.task_id !== undefined){
if(typeof data.task_id !== "string"){
vErrors = fault(vErrors, instancePath+"/task_id", "#/properties/task_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.snapshot_id !== undefined){
if(typeof data.snapshot_id !== "string"){
vErrors = fault(vErrors, instancePath+"/snapshot_id", "#/properties/snapshot_id/type", "type", {type: "string"}, "must be string");
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

export const validateStateRestore = /* @__PURE__ */ face("StateRestore", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
