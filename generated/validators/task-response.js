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
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "task_id") || (key0 === "status")) || (key0 === "result")) || (key0 === "final_state")) || (key0 === "metrics"))){
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
if(data.status !== undefined){
let data1 = data.status;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((((data1 === "submitted") || (data1 === "working")) || (data1 === "completed")) || (data1 === "failed")) || (data1 === "cancelled")) || (data1 === "input_required"))){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/enum", "enum", {allowedValues: ["submitted","working","completed","failed","cancelled","input_required"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.result !== undefined){
let data2 = data.result;
if((!(data2 && typeof data2 == "object" && !Array.isArray(data2))) && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/result", "#/properties/result/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data.final_state !== undefined){
let data3 = data.final_state;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/final_state", "#/properties/final_state/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data.metrics !== undefined){
let data4 = data.metrics;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
vErrors = fault(vErrors, instancePath+"/metrics", "#/properties/metrics/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateTaskResponse = /* @__PURE__ */ face("TaskResponse", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
