// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.direction === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "direction"}, "must have required property '"+"direction"+"'");
errors++;
}
if(data.kind === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "kind"}, "must have required property '"+"kind"+"'");
errors++;
}
if(data.marks === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "marks"}, "must have required property '"+"marks"+"'");
errors++;
}
if(data.text === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "text"}, "must have required property '"+"text"+"'");
errors++;
}
if(data.bytes === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "bytes"}, "must have required property '"+"bytes"+"'");
errors++;
}
if(data.atMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "atMs"}, "must have required property '"+"atMs"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((((key0 === "direction") || (key0 === "kind")) || (key0 === "marks")) || (key0 === "text")) || (key0 === "bytes")) || (key0 === "atMs"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.direction !== undefined){
let data0 = data.direction;
if(typeof data0 !== "string"){
vErrors = fault(vErrors, instancePath+"/direction", "#/properties/direction/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((data0 === "sent") || (data0 === "received"))){
vErrors = fault(vErrors, instancePath+"/direction", "#/properties/direction/enum", "enum", {allowedValues: ["sent","received"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.kind !== undefined){
if(typeof data.kind !== "string"){
vErrors = fault(vErrors, instancePath+"/kind", "#/properties/kind/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.marks !== undefined){
let data2 = data.marks;
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data2[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/marks/" + i0, "#/properties/marks/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/marks", "#/properties/marks/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.text !== undefined){
if(typeof data.text !== "string"){
vErrors = fault(vErrors, instancePath+"/text", "#/properties/text/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.bytes !== undefined){
let data5 = data.bytes;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/bytes", "#/properties/bytes/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/bytes", "#/properties/bytes/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.atMs !== undefined){
let data6 = data.atMs;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = fault(vErrors, instancePath+"/atMs", "#/properties/atMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
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

export const validateConformanceFrame = /* @__PURE__ */ face("ConformanceFrame", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
