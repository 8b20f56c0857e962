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
if(data.task_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "task_id"}, "must have required property '"+"task_id"+"'");
errors++;
}
if(data.sender === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "sender"}, "must have required property '"+"sender"+"'");
errors++;
}
if(data.role === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "role"}, "must have required property '"+"role"+"'");
errors++;
}
if(data.parts === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "parts"}, "must have required property '"+"parts"+"'");
errors++;
}
if(data.timestamp === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "timestamp"}, "must have required property '"+"timestamp"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((((key0 === "id") || (key0 === "task_id")) || (key0 === "sender")) || (key0 === "role")) || (key0 === "parts")) || (key0 === "timestamp"))){
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
if(data.task_id !== undefined){
if(typeof data.task_id !== "string"){
vErrors = fault(vErrors, instancePath+"/task_id", "#/properties/task_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.sender !== undefined){
if(typeof data.sender !== "string"){
vErrors = fault(vErrors, instancePath+"/sender", "#/properties/sender/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.role !== undefined){
let data3 = data.role;
if(typeof data3 !== "string"){
vErrors = fault(vErrors, instancePath+"/role", "MessageRole/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((data3 === "user") || (data3 === "assistant")) || (data3 === "system"))){
vErrors = fault(vErrors, instancePath+"/role", "MessageRole/enum", "enum", {allowedValues: ["user","assistant","system"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.parts !== undefined){
let data4 = data.parts;
if(Array.isArray(data4)){
const len0 = data4.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data4[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/parts/" + i0, "#/properties/parts/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/parts", "#/properties/parts/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.timestamp !== undefined){
let data6 = data.timestamp;
if(typeof data6 === "string"){
if(!pattern0.test(data6)){
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

export const validateMessage = /* @__PURE__ */ face("Message", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
