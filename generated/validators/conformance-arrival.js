// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.method === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "method"}, "must have required property '"+"method"+"'");
errors++;
}
if(data.path === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "path"}, "must have required property '"+"path"+"'");
errors++;
}
if(data.headers === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "headers"}, "must have required property '"+"headers"+"'");
errors++;
}
if(data.body === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "body"}, "must have required property '"+"body"+"'");
errors++;
}
if(data.atMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "atMs"}, "must have required property '"+"atMs"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "method") || (key0 === "path")) || (key0 === "headers")) || (key0 === "body")) || (key0 === "atMs"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.method !== undefined){
if(typeof data.method !== "string"){
vErrors = fault(vErrors, instancePath+"/method", "#/properties/method/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.path !== undefined){
if(typeof data.path !== "string"){
vErrors = fault(vErrors, instancePath+"/path", "#/properties/path/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.headers !== undefined){
let data2 = data.headers;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
if(errors > 999)break;
if(typeof data2[key1] !== "string"){
vErrors = fault(vErrors, instancePath+"/headers/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), "#/properties/headers/additionalProperties/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/headers", "#/properties/headers/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.body !== undefined){
if(typeof data.body !== "string"){
vErrors = fault(vErrors, instancePath+"/body", "#/properties/body/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.atMs !== undefined){
let data5 = data.atMs;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/atMs", "#/properties/atMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/atMs", "#/properties/atMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
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

export const validateConformanceArrival = /* @__PURE__ */ face("ConformanceArrival", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
