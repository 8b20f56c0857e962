// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, lengthOf } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^[Hh][Tt][Tt][Pp][Ss]?://\\S+$", "u");
const func0 = lengthOf;
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.callback_url === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "callback_url"}, "must have required property '"+"callback_url"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "callback_url") || (key0 === "callback_events")) || (key0 === "callback_secret"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.callback_url !== undefined){
let data0 = data.callback_url;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
vErrors = fault(vErrors, instancePath+"/callback_url", "#/properties/callback_url/pattern", "pattern", {pattern: "^[Hh][Tt][Tt][Pp][Ss]?://\\S+$"}, "must match pattern \""+"^[Hh][Tt][Tt][Pp][Ss]?://\\S+$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/callback_url", "#/properties/callback_url/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.callback_events !== undefined){
let data1 = data.callback_events;
if((!(Array.isArray(data1))) && (data1 !== null)){
vErrors = fault(vErrors, instancePath+"/callback_events", "#/properties/callback_events/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data2 = data1[i0];
if(typeof data2 !== "string"){
vErrors = fault(vErrors, instancePath+"/callback_events/" + i0, "EventName/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((data2 === "task.started") || (data2 === "task.progress")) || (data2 === "task.completed")) || (data2 === "task.failed")) || (data2 === "artifact.ready"))){
vErrors = fault(vErrors, instancePath+"/callback_events/" + i0, "EventName/enum", "enum", {allowedValues: ["task.started","task.progress","task.completed","task.failed","artifact.ready"]}, "must be equal to one of the allowed values");
errors++;
}
}
}
}
if(data.callback_secret !== undefined){
let data3 = data.callback_secret;
if((typeof data3 !== "string") && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/callback_secret", "#/properties/callback_secret/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data3 === "string"){
if(data3.length < 2 && func0(data3) < 1){
vErrors = fault(vErrors, instancePath+"/callback_secret", "#/properties/callback_secret/minLength", "minLength", {limit: 1}, "must NOT have fewer than 1 characters");
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

export const validateWebhookSubscription = /* @__PURE__ */ face("WebhookSubscription", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
