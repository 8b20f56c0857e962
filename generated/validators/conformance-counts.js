// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.planned === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "planned"}, "must have required property '"+"planned"+"'");
errors++;
}
if(data.run === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "run"}, "must have required property '"+"run"+"'");
errors++;
}
if(data.pass === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "pass"}, "must have required property '"+"pass"+"'");
errors++;
}
if(data.fail === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "fail"}, "must have required property '"+"fail"+"'");
errors++;
}
if(data.warn === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "warn"}, "must have required property '"+"warn"+"'");
errors++;
}
if(data.flaky === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "flaky"}, "must have required property '"+"flaky"+"'");
errors++;
}
if(data.known === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "known"}, "must have required property '"+"known"+"'");
errors++;
}
if(data.notApplicable === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "notApplicable"}, "must have required property '"+"notApplicable"+"'");
errors++;
}
if(data.error === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "error"}, "must have required property '"+"error"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "planned" || key0 === "run" || key0 === "pass" || key0 === "fail" || key0 === "warn" || key0 === "flaky" || key0 === "known" || key0 === "notApplicable" || key0 === "error"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.planned !== undefined){
let data0 = data.planned;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
vErrors = fault(vErrors, instancePath+"/planned", "#/properties/planned/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 < 0 || isNaN(data0)){
vErrors = fault(vErrors, instancePath+"/planned", "#/properties/planned/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.run !== undefined){
let data1 = data.run;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
vErrors = fault(vErrors, instancePath+"/run", "#/properties/run/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 < 0 || isNaN(data1)){
vErrors = fault(vErrors, instancePath+"/run", "#/properties/run/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.pass !== undefined){
let data2 = data.pass;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
vErrors = fault(vErrors, instancePath+"/pass", "#/properties/pass/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 0 || isNaN(data2)){
vErrors = fault(vErrors, instancePath+"/pass", "#/properties/pass/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.fail !== undefined){
let data3 = data.fail;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
vErrors = fault(vErrors, instancePath+"/fail", "#/properties/fail/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 0 || isNaN(data3)){
vErrors = fault(vErrors, instancePath+"/fail", "#/properties/fail/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.warn !== undefined){
let data4 = data.warn;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
vErrors = fault(vErrors, instancePath+"/warn", "#/properties/warn/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/warn", "#/properties/warn/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.flaky !== undefined){
let data5 = data.flaky;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/flaky", "#/properties/flaky/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/flaky", "#/properties/flaky/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.known !== undefined){
let data6 = data.known;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.notApplicable !== undefined){
let data7 = data.notApplicable;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
vErrors = fault(vErrors, instancePath+"/notApplicable", "#/properties/notApplicable/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
vErrors = fault(vErrors, instancePath+"/notApplicable", "#/properties/notApplicable/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.error !== undefined){
let data8 = data.error;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
vErrors = fault(vErrors, instancePath+"/error", "#/properties/error/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
vErrors = fault(vErrors, instancePath+"/error", "#/properties/error/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
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

export const validateConformanceCounts = /* @__PURE__ */ face("ConformanceCounts", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
