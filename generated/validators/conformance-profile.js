// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.profile === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "profile"}, "must have required property '"+"profile"+"'");
errors++;
}
if(data.verdict === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "verdict"}, "must have required property '"+"verdict"+"'");
errors++;
}
if(data.because === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "because"}, "must have required property '"+"because"+"'");
errors++;
}
if(data.counts === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "counts"}, "must have required property '"+"counts"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "profile") || (key0 === "verdict")) || (key0 === "because")) || (key0 === "counts"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.profile !== undefined){
let data0 = data.profile;
if(typeof data0 !== "string"){
vErrors = fault(vErrors, instancePath+"/profile", "#/properties/profile/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((((data0 === "core") || (data0 === "discovery")) || (data0 === "registry")) || (data0 === "websocket")) || (data0 === "auth")) || (data0 === "state")) || (data0 === "webhooks"))){
vErrors = fault(vErrors, instancePath+"/profile", "#/properties/profile/enum", "enum", {allowedValues: ["core","discovery","registry","websocket","auth","state","webhooks"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.verdict !== undefined){
let data1 = data.verdict;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/verdict", "#/properties/verdict/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((data1 === "holds") || (data1 === "broken")) || (data1 === "not-declared")) || (data1 === "not-judged"))){
vErrors = fault(vErrors, instancePath+"/verdict", "#/properties/verdict/enum", "enum", {allowedValues: ["holds","broken","not-declared","not-judged"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.because !== undefined){
if(typeof data.because !== "string"){
vErrors = fault(vErrors, instancePath+"/because", "#/properties/because/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.counts !== undefined){
let data3 = data.counts;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.planned === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "planned"}, "must have required property '"+"planned"+"'");
errors++;
}
if(data3.run === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "run"}, "must have required property '"+"run"+"'");
errors++;
}
if(data3.pass === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "pass"}, "must have required property '"+"pass"+"'");
errors++;
}
if(data3.fail === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "fail"}, "must have required property '"+"fail"+"'");
errors++;
}
if(data3.warn === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "warn"}, "must have required property '"+"warn"+"'");
errors++;
}
if(data3.flaky === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "flaky"}, "must have required property '"+"flaky"+"'");
errors++;
}
if(data3.known === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "known"}, "must have required property '"+"known"+"'");
errors++;
}
if(data3.notApplicable === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "notApplicable"}, "must have required property '"+"notApplicable"+"'");
errors++;
}
if(data3.error === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "error"}, "must have required property '"+"error"+"'");
errors++;
}
for(const key1 in data3){
if(errors > 999)break;
if(!((key1 === "planned" || key1 === "run" || key1 === "pass" || key1 === "fail" || key1 === "warn" || key1 === "flaky" || key1 === "known" || key1 === "notApplicable" || key1 === "error"))){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data3.planned !== undefined){
let data4 = data3.planned;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
vErrors = fault(vErrors, instancePath+"/counts/planned", "ConformanceCounts/properties/planned/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/counts/planned", "ConformanceCounts/properties/planned/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.run !== undefined){
let data5 = data3.run;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = fault(vErrors, instancePath+"/counts/run", "ConformanceCounts/properties/run/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
vErrors = fault(vErrors, instancePath+"/counts/run", "ConformanceCounts/properties/run/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.pass !== undefined){
let data6 = data3.pass;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = fault(vErrors, instancePath+"/counts/pass", "ConformanceCounts/properties/pass/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
vErrors = fault(vErrors, instancePath+"/counts/pass", "ConformanceCounts/properties/pass/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.fail !== undefined){
let data7 = data3.fail;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
vErrors = fault(vErrors, instancePath+"/counts/fail", "ConformanceCounts/properties/fail/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
vErrors = fault(vErrors, instancePath+"/counts/fail", "ConformanceCounts/properties/fail/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.warn !== undefined){
let data8 = data3.warn;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
vErrors = fault(vErrors, instancePath+"/counts/warn", "ConformanceCounts/properties/warn/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
vErrors = fault(vErrors, instancePath+"/counts/warn", "ConformanceCounts/properties/warn/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.flaky !== undefined){
let data9 = data3.flaky;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
vErrors = fault(vErrors, instancePath+"/counts/flaky", "ConformanceCounts/properties/flaky/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
vErrors = fault(vErrors, instancePath+"/counts/flaky", "ConformanceCounts/properties/flaky/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.known !== undefined){
let data10 = data3.known;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
vErrors = fault(vErrors, instancePath+"/counts/known", "ConformanceCounts/properties/known/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 < 0 || isNaN(data10)){
vErrors = fault(vErrors, instancePath+"/counts/known", "ConformanceCounts/properties/known/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.notApplicable !== undefined){
let data11 = data3.notApplicable;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
vErrors = fault(vErrors, instancePath+"/counts/notApplicable", "ConformanceCounts/properties/notApplicable/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 < 0 || isNaN(data11)){
vErrors = fault(vErrors, instancePath+"/counts/notApplicable", "ConformanceCounts/properties/notApplicable/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data3.error !== undefined){
let data12 = data3.error;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
vErrors = fault(vErrors, instancePath+"/counts/error", "ConformanceCounts/properties/error/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 < 0 || isNaN(data12)){
vErrors = fault(vErrors, instancePath+"/counts/error", "ConformanceCounts/properties/error/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/type", "type", {type: "object"}, "must be object");
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

export const validateConformanceProfile = /* @__PURE__ */ face("ConformanceProfile", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
