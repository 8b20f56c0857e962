// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.agent_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "agent_id"}, "must have required property '"+"agent_id"+"'");
errors++;
}
if(data.period === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "period"}, "must have required property '"+"period"+"'");
errors++;
}
if(data.total_tokens === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "total_tokens"}, "must have required property '"+"total_tokens"+"'");
errors++;
}
if(data.total_duration === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "total_duration"}, "must have required property '"+"total_duration"+"'");
errors++;
}
if(data.total_tasks === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "total_tasks"}, "must have required property '"+"total_tasks"+"'");
errors++;
}
if(data.total_api_calls === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "total_api_calls"}, "must have required property '"+"total_api_calls"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((((key0 === "agent_id") || (key0 === "period")) || (key0 === "total_tokens")) || (key0 === "total_duration")) || (key0 === "total_tasks")) || (key0 === "total_api_calls"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.agent_id !== undefined){
if(typeof data.agent_id !== "string"){
vErrors = fault(vErrors, instancePath+"/agent_id", "#/properties/agent_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.period !== undefined){
if(typeof data.period !== "string"){
vErrors = fault(vErrors, instancePath+"/period", "#/properties/period/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.total_tokens !== undefined){
let data2 = data.total_tokens;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
vErrors = fault(vErrors, instancePath+"/total_tokens", "#/properties/total_tokens/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 0 || isNaN(data2)){
vErrors = fault(vErrors, instancePath+"/total_tokens", "#/properties/total_tokens/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.total_duration !== undefined){
let data3 = data.total_duration;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
vErrors = fault(vErrors, instancePath+"/total_duration", "#/properties/total_duration/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 0 || isNaN(data3)){
vErrors = fault(vErrors, instancePath+"/total_duration", "#/properties/total_duration/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.total_tasks !== undefined){
let data4 = data.total_tasks;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
vErrors = fault(vErrors, instancePath+"/total_tasks", "#/properties/total_tasks/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/total_tasks", "#/properties/total_tasks/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.total_api_calls !== undefined){
let data5 = data.total_api_calls;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/total_api_calls", "#/properties/total_api_calls/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/total_api_calls", "#/properties/total_api_calls/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
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

export const validateUsageAggregate = /* @__PURE__ */ face("UsageAggregate", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
