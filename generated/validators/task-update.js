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
if(data.update_type === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "update_type"}, "must have required property '"+"update_type"+"'");
errors++;
}
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "task_id") || (key0 === "update_type")) || (key0 === "status")) || (key0 === "progress")) || (key0 === "input_request"))){
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
if(data.update_type !== undefined){
let data1 = data.update_type;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/update_type", "UpdateType/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((data1 === "progress") || (data1 === "input_required")) || (data1 === "status_change"))){
vErrors = fault(vErrors, instancePath+"/update_type", "UpdateType/enum", "enum", {allowedValues: ["progress","input_required","status_change"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.status !== undefined){
let data2 = data.status;
if(typeof data2 !== "string"){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((((data2 === "submitted") || (data2 === "working")) || (data2 === "completed")) || (data2 === "failed")) || (data2 === "cancelled")) || (data2 === "input_required"))){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/enum", "enum", {allowedValues: ["submitted","working","completed","failed","cancelled","input_required"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.progress !== undefined){
let data3 = data.progress;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/progress", "#/properties/progress/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.percent !== undefined){
let data4 = data3.percent;
if((!((typeof data4 == "number") && (isFinite(data4)))) && (typeof data4 !== "boolean")){
vErrors = fault(vErrors, instancePath+"/progress/percent", "#/properties/progress/properties/percent/type", "type", {type: ["number","boolean"]}, "must be number,boolean");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 100 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/progress/percent", "#/properties/progress/properties/percent/maximum", "maximum", {comparison: "<=", limit: 100}, "must be <= 100");
errors++;
}
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/progress/percent", "#/properties/progress/properties/percent/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
}
if(data.input_request !== undefined){
let data5 = data.input_request;
if((!(data5 && typeof data5 == "object" && !Array.isArray(data5))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/input_request", "#/properties/input_request/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateTaskUpdate = /* @__PURE__ */ face("TaskUpdate", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
