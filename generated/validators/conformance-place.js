// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "file"}, "must have required property '"+"file"+"'");
errors++;
}
if(data.line === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "line"}, "must have required property '"+"line"+"'");
errors++;
}
if(data.column === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "column"}, "must have required property '"+"column"+"'");
errors++;
}
if(data.pointer === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "pointer"}, "must have required property '"+"pointer"+"'");
errors++;
}
if(data.found === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "found"}, "must have required property '"+"found"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "file") || (key0 === "line")) || (key0 === "column")) || (key0 === "pointer")) || (key0 === "found"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.file !== undefined){
if(typeof data.file !== "string"){
vErrors = fault(vErrors, instancePath+"/file", "#/properties/file/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.line !== undefined){
let data1 = data.line;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
vErrors = fault(vErrors, instancePath+"/line", "#/properties/line/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 < 1 || isNaN(data1)){
vErrors = fault(vErrors, instancePath+"/line", "#/properties/line/minimum", "minimum", {comparison: ">=", limit: 1}, "must be >= 1");
errors++;
}
}
}
if(data.column !== undefined){
let data2 = data.column;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
vErrors = fault(vErrors, instancePath+"/column", "#/properties/column/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 1 || isNaN(data2)){
vErrors = fault(vErrors, instancePath+"/column", "#/properties/column/minimum", "minimum", {comparison: ">=", limit: 1}, "must be >= 1");
errors++;
}
}
}
if(data.pointer !== undefined){
if(typeof data.pointer !== "string"){
vErrors = fault(vErrors, instancePath+"/pointer", "#/properties/pointer/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.found !== undefined){
if(typeof data.found !== "string"){
vErrors = fault(vErrors, instancePath+"/found", "#/properties/found/type", "type", {type: "string"}, "must be string");
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

export const validateConformancePlace = /* @__PURE__ */ face("ConformancePlace", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
