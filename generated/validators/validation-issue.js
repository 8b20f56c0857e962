// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.type === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "type"}, "must have required property '"+"type"+"'");
errors++;
}
if(data.loc === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "loc"}, "must have required property '"+"loc"+"'");
errors++;
}
if(data.msg === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "msg"}, "must have required property '"+"msg"+"'");
errors++;
}
if(data.type !== undefined){
if(typeof data.type !== "string"){
vErrors = fault(vErrors, instancePath+"/type", "#/properties/type/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.loc !== undefined){
let data1 = data.loc;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data2 = data1[i0];
if((typeof data2 !== "string") && (!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2))))){
vErrors = fault(vErrors, instancePath+"/loc/" + i0, "#/properties/loc/items/type", "type", {type: ["string","integer"]}, "must be string,integer");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/loc", "#/properties/loc/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.msg !== undefined){
if(typeof data.msg !== "string"){
vErrors = fault(vErrors, instancePath+"/msg", "#/properties/msg/type", "type", {type: "string"}, "must be string");
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

export const validateValidationIssue = /* @__PURE__ */ face("ValidationIssue", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
