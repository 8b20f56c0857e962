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
if(data.cases === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "cases"}, "must have required property '"+"cases"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "$schema") || (key0 === "cases"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.$schema !== undefined){
let data0 = data.$schema;
if((typeof data0 !== "string") && (data0 !== null)){
vErrors = fault(vErrors, instancePath+"/$schema", "#/properties/%24schema/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.cases !== undefined){
let data1 = data.cases;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.id === undefined){
vErrors = fault(vErrors, instancePath+"/cases/" + i0, "ConformanceBaselineEntry/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data2.reason === undefined){
vErrors = fault(vErrors, instancePath+"/cases/" + i0, "ConformanceBaselineEntry/required", "required", {missingProperty: "reason"}, "must have required property '"+"reason"+"'");
errors++;
}
if(data2.expires === undefined){
vErrors = fault(vErrors, instancePath+"/cases/" + i0, "ConformanceBaselineEntry/required", "required", {missingProperty: "expires"}, "must have required property '"+"expires"+"'");
errors++;
}
for(const key1 in data2){
if(errors > 999)break;
if(!(((((key1 === "id") || (key1 === "reason")) || (key1 === "expires")) || (key1 === "issue")) || (key1 === "flaky"))){
vErrors = fault(vErrors, instancePath+"/cases/" + i0, "ConformanceBaselineEntry/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data2.id !== undefined){
let data3 = data2.id;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/id", "ConformanceBaselineEntry/properties/id/pattern", "pattern", {pattern: "^[^\\s*?]+$"}, "must match pattern \""+"^[^\\s*?]+$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/id", "ConformanceBaselineEntry/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.reason !== undefined){
let data4 = data2.reason;
if(typeof data4 === "string"){
if(!pattern1.test(data4)){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/reason", "ConformanceBaselineEntry/properties/reason/pattern", "pattern", {pattern: "\\S"}, "must match pattern \""+"\\S"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/reason", "ConformanceBaselineEntry/properties/reason/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.expires !== undefined){
let data5 = data2.expires;
if(typeof data5 === "string"){
if(!pattern2.test(data5)){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/expires", "ConformanceBaselineEntry/properties/expires/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/expires", "ConformanceBaselineEntry/properties/expires/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.issue !== undefined){
let data6 = data2.issue;
if((typeof data6 !== "string") && (data6 !== null)){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/issue", "ConformanceBaselineEntry/properties/issue/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data6 === "string"){
if(!pattern1.test(data6)){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/issue", "ConformanceBaselineEntry/properties/issue/pattern", "pattern", {pattern: "\\S"}, "must match pattern \""+"\\S"+"\"");
errors++;
}
}
}
if(data2.flaky !== undefined){
if(typeof data2.flaky !== "boolean"){
vErrors = fault(vErrors, instancePath+"/cases/" + i0+"/flaky", "ConformanceBaselineEntry/properties/flaky/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/cases/" + i0, "ConformanceBaselineEntry/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/cases", "#/properties/cases/type", "type", {type: "array"}, "must be array");
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

export const validateConformanceBaseline = /* @__PURE__ */ face("ConformanceBaseline", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
