// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^[^\\s*?]+$", "u");
const pattern1 = /* @__PURE__ */ new RegExp("\\S", "u");
const pattern2 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.reason === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "reason"}, "must have required property '"+"reason"+"'");
errors++;
}
if(data.expires === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "expires"}, "must have required property '"+"expires"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "id") || (key0 === "reason")) || (key0 === "expires")) || (key0 === "issue")) || (key0 === "flaky"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.id !== undefined){
let data0 = data.id;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/pattern", "pattern", {pattern: "^[^\\s*?]+$"}, "must match pattern \""+"^[^\\s*?]+$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.reason !== undefined){
let data1 = data.reason;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
vErrors = fault(vErrors, instancePath+"/reason", "#/properties/reason/pattern", "pattern", {pattern: "\\S"}, "must match pattern \""+"\\S"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/reason", "#/properties/reason/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.expires !== undefined){
let data2 = data.expires;
if(typeof data2 === "string"){
if(!pattern2.test(data2)){
vErrors = fault(vErrors, instancePath+"/expires", "#/properties/expires/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/expires", "#/properties/expires/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.issue !== undefined){
let data3 = data.issue;
if((typeof data3 !== "string") && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/issue", "#/properties/issue/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data3 === "string"){
if(!pattern1.test(data3)){
vErrors = fault(vErrors, instancePath+"/issue", "#/properties/issue/pattern", "pattern", {pattern: "\\S"}, "must match pattern \""+"\\S"+"\"");
errors++;
}
}
}
if(data.flaky !== undefined){
if(typeof data.flaky !== "boolean"){
vErrors = fault(vErrors, instancePath+"/flaky", "#/properties/flaky/type", "type", {type: "boolean"}, "must be boolean");
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

export const validateConformanceBaselineEntry = /* @__PURE__ */ face("ConformanceBaselineEntry", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
