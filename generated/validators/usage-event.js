// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.task_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "task_id"}, "must have required property '"+"task_id"+"'");
errors++;
}
if(data.agent_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "agent_id"}, "must have required property '"+"agent_id"+"'");
errors++;
}
if(data.consumer_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "consumer_id"}, "must have required property '"+"consumer_id"+"'");
errors++;
}
if(data.metrics === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "metrics"}, "must have required property '"+"metrics"+"'");
errors++;
}
if(data.timestamp === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "timestamp"}, "must have required property '"+"timestamp"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "task_id") || (key0 === "agent_id")) || (key0 === "consumer_id")) || (key0 === "metrics")) || (key0 === "timestamp"))){
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
if(data.agent_id !== undefined){
if(typeof data.agent_id !== "string"){
vErrors = fault(vErrors, instancePath+"/agent_id", "#/properties/agent_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.consumer_id !== undefined){
if(typeof data.consumer_id !== "string"){
vErrors = fault(vErrors, instancePath+"/consumer_id", "#/properties/consumer_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.metrics !== undefined){
let data3 = data.metrics;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key1 in data3){
if(errors > 999)break;
if(!((((key1 === "tokens_in") || (key1 === "tokens_out")) || (key1 === "duration_ms")) || (key1 === "api_calls"))){
vErrors = fault(vErrors, instancePath+"/metrics", "UsageMetrics/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data3.tokens_in !== undefined){
let data4 = data3.tokens_in;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
vErrors = fault(vErrors, instancePath+"/metrics/tokens_in", "UsageMetrics/properties/tokens_in/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/metrics/tokens_in", "UsageMetrics/properties/tokens_in/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.tokens_out !== undefined){
let data5 = data3.tokens_out;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/metrics/tokens_out", "UsageMetrics/properties/tokens_out/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/metrics/tokens_out", "UsageMetrics/properties/tokens_out/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.duration_ms !== undefined){
let data6 = data3.duration_ms;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = fault(vErrors, instancePath+"/metrics/duration_ms", "UsageMetrics/properties/duration_ms/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
vErrors = fault(vErrors, instancePath+"/metrics/duration_ms", "UsageMetrics/properties/duration_ms/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.api_calls !== undefined){
let data7 = data3.api_calls;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
vErrors = fault(vErrors, instancePath+"/metrics/api_calls", "UsageMetrics/properties/api_calls/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
vErrors = fault(vErrors, instancePath+"/metrics/api_calls", "UsageMetrics/properties/api_calls/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/metrics", "UsageMetrics/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.timestamp !== undefined){
let data8 = data.timestamp;
if(typeof data8 === "string"){
if(!pattern0.test(data8)){
vErrors = fault(vErrors, instancePath+"/timestamp", "Timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/timestamp", "Timestamp/type", "type", {type: "string"}, "must be string");
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

export const validateUsageEvent = /* @__PURE__ */ face("UsageEvent", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
