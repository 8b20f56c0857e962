// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.conversation_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "conversation_id"}, "must have required property '"+"conversation_id"+"'");
errors++;
}
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
if(data.created_at === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "created_at"}, "must have required property '"+"created_at"+"'");
errors++;
}
if(data.updated_at === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "updated_at"}, "must have required property '"+"updated_at"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((((((key0 === "id") || (key0 === "conversation_id")) || (key0 === "parent_task_id")) || (key0 === "status")) || (key0 === "depth")) || (key0 === "progress")) || (key0 === "created_at")) || (key0 === "updated_at"))){
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
if(data.conversation_id !== undefined){
if(typeof data.conversation_id !== "string"){
vErrors = fault(vErrors, instancePath+"/conversation_id", "#/properties/conversation_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.parent_task_id !== undefined){
let data2 = data.parent_task_id;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/parent_task_id", "#/properties/parent_task_id/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.status !== undefined){
let data3 = data.status;
if(typeof data3 !== "string"){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((((data3 === "submitted") || (data3 === "working")) || (data3 === "completed")) || (data3 === "failed")) || (data3 === "cancelled")) || (data3 === "input_required"))){
vErrors = fault(vErrors, instancePath+"/status", "TaskStatus/enum", "enum", {allowedValues: ["submitted","working","completed","failed","cancelled","input_required"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.depth !== undefined){
let data4 = data.depth;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
vErrors = fault(vErrors, instancePath+"/depth", "#/properties/depth/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 10 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/depth", "#/properties/depth/maximum", "maximum", {comparison: "<=", limit: 10}, "must be <= 10");
errors++;
}
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/depth", "#/properties/depth/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.progress !== undefined){
let data5 = data.progress;
if((!(data5 && typeof data5 == "object" && !Array.isArray(data5))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/progress", "#/properties/progress/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data.created_at !== undefined){
let data6 = data.created_at;
if(typeof data6 === "string"){
if(!pattern0.test(data6)){
vErrors = fault(vErrors, instancePath+"/created_at", "Timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/created_at", "Timestamp/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.updated_at !== undefined){
let data7 = data.updated_at;
if(typeof data7 === "string"){
if(!pattern0.test(data7)){
vErrors = fault(vErrors, instancePath+"/updated_at", "Timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/updated_at", "Timestamp/type", "type", {type: "string"}, "must be string");
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

export const validateTask = /* @__PURE__ */ face("Task", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
