// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.event === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "event"}, "must have required property '"+"event"+"'");
errors++;
}
if(data.task_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "task_id"}, "must have required property '"+"task_id"+"'");
errors++;
}
if(data.event !== undefined){
let data0 = data.event;
if(typeof data0 !== "string"){
vErrors = fault(vErrors, instancePath+"/event", "EventName/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((data0 === "task.started") || (data0 === "task.progress")) || (data0 === "task.completed")) || (data0 === "task.failed")) || (data0 === "artifact.ready"))){
vErrors = fault(vErrors, instancePath+"/event", "EventName/enum", "enum", {allowedValues: ["task.started","task.progress","task.completed","task.failed","artifact.ready"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.task_id !== undefined){
if(typeof data.task_id !== "string"){
vErrors = fault(vErrors, instancePath+"/task_id", "#/properties/task_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.timestamp !== undefined){
let data2 = data.timestamp;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/timestamp", "#/properties/timestamp/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
vErrors = fault(vErrors, instancePath+"/timestamp", "#/properties/timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
}
if(data.data !== undefined){
let data3 = data.data;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/data", "#/properties/data/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateWebhookEvent = /* @__PURE__ */ face("WebhookEvent", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
