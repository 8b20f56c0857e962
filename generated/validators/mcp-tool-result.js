// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, keep } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
let valid0 = true;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.success === undefined) && (missing0 = "success")){
errors++;
}
else {
if(data.success !== undefined){
if(true !== data.success){
errors++;
}
}
}
}
var _valid0 = _errs2 === errors;
errors = _errs1;
vErrors = keep(vErrors, _errs1);
let ifClause0;
if(_valid0){
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.result === undefined){
vErrors = fault(vErrors, instancePath, "#/then/required", "required", {missingProperty: "result"}, "must have required property '"+"result"+"'");
errors++;
}
if(data.result !== undefined){
let data1 = data.result;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
vErrors = fault(vErrors, instancePath+"/result", "#/then/properties/result/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.error !== undefined){
if(data.error !== null){
vErrors = fault(vErrors, instancePath+"/error", "#/then/properties/error/type", "type", {type: "null"}, "must be null");
errors++;
}
}
}
var _valid0 = _errs4 === errors;
valid0 = _valid0;
ifClause0 = "then";
}
else {
const _errs9 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.error === undefined){
vErrors = fault(vErrors, instancePath, "#/else/required", "required", {missingProperty: "error"}, "must have required property '"+"error"+"'");
errors++;
}
if(data.result !== undefined){
if(data.result !== null){
vErrors = fault(vErrors, instancePath+"/result", "#/else/properties/result/type", "type", {type: "null"}, "must be null");
errors++;
}
}
if(data.error !== undefined){
if(typeof data.error !== "string"){
vErrors = fault(vErrors, instancePath+"/error", "#/else/properties/error/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
var _valid0 = _errs9 === errors;
valid0 = _valid0;
ifClause0 = "else";
}
if(!valid0){
vErrors = fault(vErrors, instancePath, "#/if", "if", {failingKeyword: ifClause0}, "must match \""+ifClause0+"\" schema");
errors++;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.request_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "request_id"}, "must have required property '"+"request_id"+"'");
errors++;
}
if(data.success === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "success"}, "must have required property '"+"success"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "request_id") || (key0 === "success")) || (key0 === "result")) || (key0 === "error"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.request_id !== undefined){
if(typeof data.request_id !== "string"){
vErrors = fault(vErrors, instancePath+"/request_id", "#/properties/request_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.success !== undefined){
if(typeof data.success !== "boolean"){
vErrors = fault(vErrors, instancePath+"/success", "#/properties/success/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.result !== undefined){
let data7 = data.result;
if((!(data7 && typeof data7 == "object" && !Array.isArray(data7))) && (data7 !== null)){
vErrors = fault(vErrors, instancePath+"/result", "#/properties/result/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data.error !== undefined){
let data8 = data.error;
if((typeof data8 !== "string") && (data8 !== null)){
vErrors = fault(vErrors, instancePath+"/error", "#/properties/error/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateMcpToolResult = /* @__PURE__ */ face("McpToolResult", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
