// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.sent === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "sent"}, "must have required property '"+"sent"+"'");
errors++;
}
if(data.received === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "received"}, "must have required property '"+"received"+"'");
errors++;
}
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
if(data.atMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "atMs"}, "must have required property '"+"atMs"+"'");
errors++;
}
if(data.elapsedMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "elapsedMs"}, "must have required property '"+"elapsedMs"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((((((key0 === "sent") || (key0 === "received")) || (key0 === "token")) || (key0 === "frames")) || (key0 === "arrived")) || (key0 === "status")) || (key0 === "atMs")) || (key0 === "elapsedMs"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.sent !== undefined){
if(typeof data.sent !== "string"){
vErrors = fault(vErrors, instancePath+"/sent", "#/properties/sent/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.received !== undefined){
if(typeof data.received !== "string"){
vErrors = fault(vErrors, instancePath+"/received", "#/properties/received/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.token !== undefined){
let data2 = data.token;
if((!(data2 && typeof data2 == "object" && !Array.isArray(data2))) && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/token", "#/properties/token/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.header === undefined){
vErrors = fault(vErrors, instancePath+"/token", "#/properties/token/required", "required", {missingProperty: "header"}, "must have required property '"+"header"+"'");
errors++;
}
if(data2.claims === undefined){
vErrors = fault(vErrors, instancePath+"/token", "#/properties/token/required", "required", {missingProperty: "claims"}, "must have required property '"+"claims"+"'");
errors++;
}
for(const key1 in data2){
if(errors > 999)break;
if(!((key1 === "header") || (key1 === "claims"))){
vErrors = fault(vErrors, instancePath+"/token", "#/properties/token/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data2.header !== undefined){
let data3 = data2.header;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
vErrors = fault(vErrors, instancePath+"/token/header", "#/properties/token/properties/header/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data2.claims !== undefined){
let data4 = data2.claims;
if(!(data4 && typeof data4 == "object" && !Array.isArray(data4))){
vErrors = fault(vErrors, instancePath+"/token/claims", "#/properties/token/properties/claims/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
}
if(data.frames !== undefined){
let data5 = data.frames;
if((!(Array.isArray(data5))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/frames", "#/properties/frames/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data5)){
const len0 = data5.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data6 = data5[i0];
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.direction === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "direction"}, "must have required property '"+"direction"+"'");
errors++;
}
if(data6.kind === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "kind"}, "must have required property '"+"kind"+"'");
errors++;
}
if(data6.marks === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "marks"}, "must have required property '"+"marks"+"'");
errors++;
}
if(data6.text === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "text"}, "must have required property '"+"text"+"'");
errors++;
}
if(data6.bytes === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "bytes"}, "must have required property '"+"bytes"+"'");
errors++;
}
if(data6.atMs === undefined){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/required", "required", {missingProperty: "atMs"}, "must have required property '"+"atMs"+"'");
errors++;
}
for(const key2 in data6){
if(errors > 999)break;
if(!((((((key2 === "direction") || (key2 === "kind")) || (key2 === "marks")) || (key2 === "text")) || (key2 === "bytes")) || (key2 === "atMs"))){
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/additionalProperties", "additionalProperties", {additionalProperty: key2}, "must NOT have additional properties");
errors++;
}
}
if(data6.direction !== undefined){
let data7 = data6.direction;
if(typeof data7 !== "string"){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/direction", "ConformanceFrame/properties/direction/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((data7 === "sent") || (data7 === "received"))){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/direction", "ConformanceFrame/properties/direction/enum", "enum", {allowedValues: ["sent","received"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data6.kind !== undefined){
if(typeof data6.kind !== "string"){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/kind", "ConformanceFrame/properties/kind/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data6.marks !== undefined){
let data9 = data6.marks;
if(Array.isArray(data9)){
const len1 = data9.length;
for(let i1=0; i1<len1 && errors < 1000; i1++){
if(typeof data9[i1] !== "string"){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/marks/" + i1, "ConformanceFrame/properties/marks/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/marks", "ConformanceFrame/properties/marks/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data6.text !== undefined){
if(typeof data6.text !== "string"){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/text", "ConformanceFrame/properties/text/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data6.bytes !== undefined){
let data12 = data6.bytes;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/bytes", "ConformanceFrame/properties/bytes/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 < 0 || isNaN(data12)){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/bytes", "ConformanceFrame/properties/bytes/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data6.atMs !== undefined){
let data13 = data6.atMs;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/atMs", "ConformanceFrame/properties/atMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 0 || isNaN(data13)){
vErrors = fault(vErrors, instancePath+"/frames/" + i0+"/atMs", "ConformanceFrame/properties/atMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/frames/" + i0, "ConformanceFrame/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
}
if(data.arrived !== undefined){
let data14 = data.arrived;
if((!(Array.isArray(data14))) && (data14 !== null)){
vErrors = fault(vErrors, instancePath+"/arrived", "#/properties/arrived/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data14)){
const len2 = data14.length;
for(let i2=0; i2<len2 && errors < 1000; i2++){
let data15 = data14[i2];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.method === undefined){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/required", "required", {missingProperty: "method"}, "must have required property '"+"method"+"'");
errors++;
}
if(data15.path === undefined){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/required", "required", {missingProperty: "path"}, "must have required property '"+"path"+"'");
errors++;
}
if(data15.headers === undefined){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/required", "required", {missingProperty: "headers"}, "must have required property '"+"headers"+"'");
errors++;
}
if(data15.body === undefined){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/required", "required", {missingProperty: "body"}, "must have required property '"+"body"+"'");
errors++;
}
if(data15.atMs === undefined){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/required", "required", {missingProperty: "atMs"}, "must have required property '"+"atMs"+"'");
errors++;
}
for(const key3 in data15){
if(errors > 999)break;
if(!(((((key3 === "method") || (key3 === "path")) || (key3 === "headers")) || (key3 === "body")) || (key3 === "atMs"))){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/additionalProperties", "additionalProperties", {additionalProperty: key3}, "must NOT have additional properties");
errors++;
}
}
if(data15.method !== undefined){
if(typeof data15.method !== "string"){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/method", "ConformanceArrival/properties/method/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data15.path !== undefined){
if(typeof data15.path !== "string"){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/path", "ConformanceArrival/properties/path/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data15.headers !== undefined){
let data18 = data15.headers;
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
for(const key4 in data18){
if(errors > 999)break;
if(typeof data18[key4] !== "string"){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/headers/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), "ConformanceArrival/properties/headers/additionalProperties/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/headers", "ConformanceArrival/properties/headers/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data15.body !== undefined){
if(typeof data15.body !== "string"){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/body", "ConformanceArrival/properties/body/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data15.atMs !== undefined){
let data21 = data15.atMs;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/atMs", "ConformanceArrival/properties/atMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
vErrors = fault(vErrors, instancePath+"/arrived/" + i2+"/atMs", "ConformanceArrival/properties/atMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/arrived/" + i2, "ConformanceArrival/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
}
if(data.status !== undefined){
let data22 = data.status;
if((!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))) && (data22 !== null)){
vErrors = fault(vErrors, instancePath+"/status", "#/properties/status/type", "type", {type: ["integer","null"]}, "must be integer,null");
errors++;
}
}
if(data.atMs !== undefined){
let data23 = data.atMs;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
vErrors = fault(vErrors, instancePath+"/atMs", "#/properties/atMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 0 || isNaN(data23)){
vErrors = fault(vErrors, instancePath+"/atMs", "#/properties/atMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.elapsedMs !== undefined){
let data24 = data.elapsedMs;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
vErrors = fault(vErrors, instancePath+"/elapsedMs", "#/properties/elapsedMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 0 || isNaN(data24)){
vErrors = fault(vErrors, instancePath+"/elapsedMs", "#/properties/elapsedMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
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

export const validateConformanceExchange = /* @__PURE__ */ face("ConformanceExchange", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
