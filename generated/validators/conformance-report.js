// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, join } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$", "u");
const pattern1 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$", "u");
function validate1(data, instancePath){
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
validate1.errors = vErrors;
return errors === 0;
}
function validate4(data, instancePath){
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
validate4.errors = vErrors;
return errors === 0;
}
function validate3(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.title === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "title"}, "must have required property '"+"title"+"'");
errors++;
}
if(data.area === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "area"}, "must have required property '"+"area"+"'");
errors++;
}
if(data.profile === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "profile"}, "must have required property '"+"profile"+"'");
errors++;
}
if(data.level === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "level"}, "must have required property '"+"level"+"'");
errors++;
}
if(data.tags === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "tags"}, "must have required property '"+"tags"+"'");
errors++;
}
if(data.rules === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "rules"}, "must have required property '"+"rules"+"'");
errors++;
}
if(data.outcome === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "outcome"}, "must have required property '"+"outcome"+"'");
errors++;
}
if(data.elapsedMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "elapsedMs"}, "must have required property '"+"elapsedMs"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "id" || key0 === "title" || key0 === "area" || key0 === "profile" || key0 === "level" || key0 === "tags" || key0 === "rules" || key0 === "outcome" || key0 === "expected" || key0 === "found" || key0 === "reason" || key0 === "undecided" || key0 === "exchanges" || key0 === "at" || key0 === "replay" || key0 === "places" || key0 === "attempts" || key0 === "known" || key0 === "elapsedMs"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.id !== undefined){
if(typeof data.id !== "string"){
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.title !== undefined){
if(typeof data.title !== "string"){
vErrors = fault(vErrors, instancePath+"/title", "#/properties/title/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.area !== undefined){
if(typeof data.area !== "string"){
vErrors = fault(vErrors, instancePath+"/area", "#/properties/area/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.profile !== undefined){
let data3 = data.profile;
if(typeof data3 !== "string"){
vErrors = fault(vErrors, instancePath+"/profile", "#/properties/profile/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((((data3 === "core") || (data3 === "discovery")) || (data3 === "registry")) || (data3 === "websocket")) || (data3 === "auth")) || (data3 === "state")) || (data3 === "webhooks"))){
vErrors = fault(vErrors, instancePath+"/profile", "#/properties/profile/enum", "enum", {allowedValues: ["core","discovery","registry","websocket","auth","state","webhooks"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.level !== undefined){
let data4 = data.level;
if(typeof data4 !== "string"){
vErrors = fault(vErrors, instancePath+"/level", "#/properties/level/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((data4 === "MUST") || (data4 === "SHOULD"))){
vErrors = fault(vErrors, instancePath+"/level", "#/properties/level/enum", "enum", {allowedValues: ["MUST","SHOULD"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.tags !== undefined){
let data5 = data.tags;
if(Array.isArray(data5)){
const len0 = data5.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data5[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/tags/" + i0, "#/properties/tags/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/tags", "#/properties/tags/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.rules !== undefined){
let data7 = data.rules;
if(Array.isArray(data7)){
const len1 = data7.length;
for(let i1=0; i1<len1 && errors < 1000; i1++){
let data8 = data7[i1];
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(data8.id === undefined){
vErrors = fault(vErrors, instancePath+"/rules/" + i1, "ConformanceRule/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data8.text === undefined){
vErrors = fault(vErrors, instancePath+"/rules/" + i1, "ConformanceRule/required", "required", {missingProperty: "text"}, "must have required property '"+"text"+"'");
errors++;
}
if(data8.source === undefined){
vErrors = fault(vErrors, instancePath+"/rules/" + i1, "ConformanceRule/required", "required", {missingProperty: "source"}, "must have required property '"+"source"+"'");
errors++;
}
for(const key1 in data8){
if(errors > 999)break;
if(!(((key1 === "id") || (key1 === "text")) || (key1 === "source"))){
vErrors = fault(vErrors, instancePath+"/rules/" + i1, "ConformanceRule/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data8.id !== undefined){
if(typeof data8.id !== "string"){
vErrors = fault(vErrors, instancePath+"/rules/" + i1+"/id", "ConformanceRule/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data8.text !== undefined){
if(typeof data8.text !== "string"){
vErrors = fault(vErrors, instancePath+"/rules/" + i1+"/text", "ConformanceRule/properties/text/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data8.source !== undefined){
if(typeof data8.source !== "string"){
vErrors = fault(vErrors, instancePath+"/rules/" + i1+"/source", "ConformanceRule/properties/source/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/rules/" + i1, "ConformanceRule/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/rules", "#/properties/rules/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.outcome !== undefined){
let data12 = data.outcome;
if(typeof data12 !== "string"){
vErrors = fault(vErrors, instancePath+"/outcome", "#/properties/outcome/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((((data12 === "pass") || (data12 === "fail")) || (data12 === "warn")) || (data12 === "flaky")) || (data12 === "known")) || (data12 === "not-applicable")) || (data12 === "error"))){
vErrors = fault(vErrors, instancePath+"/outcome", "#/properties/outcome/enum", "enum", {allowedValues: ["pass","fail","warn","flaky","known","not-applicable","error"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.expected !== undefined){
let data13 = data.expected;
if((typeof data13 !== "string") && (data13 !== null)){
vErrors = fault(vErrors, instancePath+"/expected", "#/properties/expected/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.found !== undefined){
let data14 = data.found;
if((typeof data14 !== "string") && (data14 !== null)){
vErrors = fault(vErrors, instancePath+"/found", "#/properties/found/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.reason !== undefined){
let data15 = data.reason;
if((typeof data15 !== "string") && (data15 !== null)){
vErrors = fault(vErrors, instancePath+"/reason", "#/properties/reason/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.undecided !== undefined){
let data16 = data.undecided;
if((typeof data16 !== "boolean") && (data16 !== null)){
vErrors = fault(vErrors, instancePath+"/undecided", "#/properties/undecided/type", "type", {type: ["boolean","null"]}, "must be boolean,null");
errors++;
}
}
if(data.exchanges !== undefined){
let data17 = data.exchanges;
if((!(Array.isArray(data17))) && (data17 !== null)){
vErrors = fault(vErrors, instancePath+"/exchanges", "#/properties/exchanges/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data17)){
const len2 = data17.length;
for(let i2=0; i2<len2 && errors < 1000; i2++){
if(!(validate4(data17[i2], instancePath+"/exchanges/" + i2))){
vErrors = join(vErrors, validate4.errors);
errors += validate4.errors.length;
}
}
}
}
if(data.at !== undefined){
let data19 = data.at;
if((!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))) && (data19 !== null)){
vErrors = fault(vErrors, instancePath+"/at", "#/properties/at/type", "type", {type: ["integer","null"]}, "must be integer,null");
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 < 0 || isNaN(data19)){
vErrors = fault(vErrors, instancePath+"/at", "#/properties/at/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.replay !== undefined){
let data20 = data.replay;
if((typeof data20 !== "string") && (data20 !== null)){
vErrors = fault(vErrors, instancePath+"/replay", "#/properties/replay/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.places !== undefined){
let data21 = data.places;
if((!(Array.isArray(data21))) && (data21 !== null)){
vErrors = fault(vErrors, instancePath+"/places", "#/properties/places/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data21)){
if(data21.length < 1){
vErrors = fault(vErrors, instancePath+"/places", "#/properties/places/minItems", "minItems", {limit: 1}, "must NOT have fewer than 1 items");
errors++;
}
const len3 = data21.length;
for(let i3=0; i3<len3 && errors < 1000; i3++){
let data22 = data21[i3];
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
if(data22.file === undefined){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/required", "required", {missingProperty: "file"}, "must have required property '"+"file"+"'");
errors++;
}
if(data22.line === undefined){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/required", "required", {missingProperty: "line"}, "must have required property '"+"line"+"'");
errors++;
}
if(data22.column === undefined){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/required", "required", {missingProperty: "column"}, "must have required property '"+"column"+"'");
errors++;
}
if(data22.pointer === undefined){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/required", "required", {missingProperty: "pointer"}, "must have required property '"+"pointer"+"'");
errors++;
}
if(data22.found === undefined){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/required", "required", {missingProperty: "found"}, "must have required property '"+"found"+"'");
errors++;
}
for(const key2 in data22){
if(errors > 999)break;
if(!(((((key2 === "file") || (key2 === "line")) || (key2 === "column")) || (key2 === "pointer")) || (key2 === "found"))){
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/additionalProperties", "additionalProperties", {additionalProperty: key2}, "must NOT have additional properties");
errors++;
}
}
if(data22.file !== undefined){
if(typeof data22.file !== "string"){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/file", "ConformancePlace/properties/file/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data22.line !== undefined){
let data24 = data22.line;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/line", "ConformancePlace/properties/line/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 1 || isNaN(data24)){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/line", "ConformancePlace/properties/line/minimum", "minimum", {comparison: ">=", limit: 1}, "must be >= 1");
errors++;
}
}
}
if(data22.column !== undefined){
let data25 = data22.column;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/column", "ConformancePlace/properties/column/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 < 1 || isNaN(data25)){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/column", "ConformancePlace/properties/column/minimum", "minimum", {comparison: ">=", limit: 1}, "must be >= 1");
errors++;
}
}
}
if(data22.pointer !== undefined){
if(typeof data22.pointer !== "string"){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/pointer", "ConformancePlace/properties/pointer/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data22.found !== undefined){
if(typeof data22.found !== "string"){
vErrors = fault(vErrors, instancePath+"/places/" + i3+"/found", "ConformancePlace/properties/found/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/places/" + i3, "ConformancePlace/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
}
if(data.attempts !== undefined){
let data28 = data.attempts;
if((!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))) && (data28 !== null)){
vErrors = fault(vErrors, instancePath+"/attempts", "#/properties/attempts/type", "type", {type: ["integer","null"]}, "must be integer,null");
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 2 || isNaN(data28)){
vErrors = fault(vErrors, instancePath+"/attempts", "#/properties/attempts/minimum", "minimum", {comparison: ">=", limit: 2}, "must be >= 2");
errors++;
}
}
}
if(data.known !== undefined){
let data29 = data.known;
if((!(data29 && typeof data29 == "object" && !Array.isArray(data29))) && (data29 !== null)){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
if(data29.reason === undefined){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/required", "required", {missingProperty: "reason"}, "must have required property '"+"reason"+"'");
errors++;
}
if(data29.expires === undefined){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/required", "required", {missingProperty: "expires"}, "must have required property '"+"expires"+"'");
errors++;
}
for(const key3 in data29){
if(errors > 999)break;
if(!(((key3 === "reason") || (key3 === "expires")) || (key3 === "issue"))){
vErrors = fault(vErrors, instancePath+"/known", "#/properties/known/additionalProperties", "additionalProperties", {additionalProperty: key3}, "must NOT have additional properties");
errors++;
}
}
if(data29.reason !== undefined){
if(typeof data29.reason !== "string"){
vErrors = fault(vErrors, instancePath+"/known/reason", "#/properties/known/properties/reason/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data29.expires !== undefined){
let data31 = data29.expires;
if(typeof data31 === "string"){
if(!pattern1.test(data31)){
vErrors = fault(vErrors, instancePath+"/known/expires", "#/properties/known/properties/expires/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/known/expires", "#/properties/known/properties/expires/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data29.issue !== undefined){
let data32 = data29.issue;
if((typeof data32 !== "string") && (data32 !== null)){
vErrors = fault(vErrors, instancePath+"/known/issue", "#/properties/known/properties/issue/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
}
}
if(data.elapsedMs !== undefined){
let data33 = data.elapsedMs;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
vErrors = fault(vErrors, instancePath+"/elapsedMs", "#/properties/elapsedMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 < 0 || isNaN(data33)){
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
validate3.errors = vErrors;
return errors === 0;
}
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schemaVersion === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "schemaVersion"}, "must have required property '"+"schemaVersion"+"'");
errors++;
}
if(data.mode === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "mode"}, "must have required property '"+"mode"+"'");
errors++;
}
if(data.suite === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "suite"}, "must have required property '"+"suite"+"'");
errors++;
}
if(data.target === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "target"}, "must have required property '"+"target"+"'");
errors++;
}
if(data.startedAt === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "startedAt"}, "must have required property '"+"startedAt"+"'");
errors++;
}
if(data.durationMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "durationMs"}, "must have required property '"+"durationMs"+"'");
errors++;
}
if(data.waitedMs === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "waitedMs"}, "must have required property '"+"waitedMs"+"'");
errors++;
}
if(data.outcome === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "outcome"}, "must have required property '"+"outcome"+"'");
errors++;
}
if(data.notes === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "notes"}, "must have required property '"+"notes"+"'");
errors++;
}
if(data.counts === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "counts"}, "must have required property '"+"counts"+"'");
errors++;
}
if(data.profiles === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "profiles"}, "must have required property '"+"profiles"+"'");
errors++;
}
if(data.cases === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "cases"}, "must have required property '"+"cases"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "schemaVersion" || key0 === "mode" || key0 === "suite" || key0 === "target" || key0 === "startedAt" || key0 === "durationMs" || key0 === "waitedMs" || key0 === "outcome" || key0 === "reason" || key0 === "notes" || key0 === "counts" || key0 === "profiles" || key0 === "baseline" || key0 === "cases"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.schemaVersion !== undefined){
if(1 !== data.schemaVersion){
vErrors = fault(vErrors, instancePath+"/schemaVersion", "#/properties/schemaVersion/const", "const", {allowedValue: 1}, "must be equal to constant");
errors++;
}
}
if(data.mode !== undefined){
let data1 = data.mode;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/mode", "#/properties/mode/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((data1 === "server") || (data1 === "client")) || (data1 === "registry")) || (data1 === "manifest"))){
vErrors = fault(vErrors, instancePath+"/mode", "#/properties/mode/enum", "enum", {allowedValues: ["server","client","registry","manifest"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.suite !== undefined){
let data2 = data.suite;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/required", "required", {missingProperty: "name"}, "must have required property '"+"name"+"'");
errors++;
}
if(data2.version === undefined){
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/required", "required", {missingProperty: "version"}, "must have required property '"+"version"+"'");
errors++;
}
if(data2.protocol === undefined){
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/required", "required", {missingProperty: "protocol"}, "must have required property '"+"protocol"+"'");
errors++;
}
if(data2.specHash === undefined){
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/required", "required", {missingProperty: "specHash"}, "must have required property '"+"specHash"+"'");
errors++;
}
for(const key1 in data2){
if(errors > 999)break;
if(!((((key1 === "name") || (key1 === "version")) || (key1 === "protocol")) || (key1 === "specHash"))){
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data2.name !== undefined){
if("asap-kit" !== data2.name){
vErrors = fault(vErrors, instancePath+"/suite/name", "ConformanceSuite/properties/name/const", "const", {allowedValue: "asap-kit"}, "must be equal to constant");
errors++;
}
}
if(data2.version !== undefined){
if(typeof data2.version !== "string"){
vErrors = fault(vErrors, instancePath+"/suite/version", "ConformanceSuite/properties/version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.protocol !== undefined){
if(typeof data2.protocol !== "string"){
vErrors = fault(vErrors, instancePath+"/suite/protocol", "ConformanceSuite/properties/protocol/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.specHash !== undefined){
if(typeof data2.specHash !== "string"){
vErrors = fault(vErrors, instancePath+"/suite/specHash", "ConformanceSuite/properties/specHash/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/suite", "ConformanceSuite/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.target !== undefined){
let data7 = data.target;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.name === undefined){
vErrors = fault(vErrors, instancePath+"/target", "ConformanceTarget/required", "required", {missingProperty: "name"}, "must have required property '"+"name"+"'");
errors++;
}
if(data7.agentId === undefined){
vErrors = fault(vErrors, instancePath+"/target", "ConformanceTarget/required", "required", {missingProperty: "agentId"}, "must have required property '"+"agentId"+"'");
errors++;
}
if(data7.agentVersion === undefined){
vErrors = fault(vErrors, instancePath+"/target", "ConformanceTarget/required", "required", {missingProperty: "agentVersion"}, "must have required property '"+"agentVersion"+"'");
errors++;
}
for(const key2 in data7){
if(errors > 999)break;
if(!(((key2 === "name") || (key2 === "agentId")) || (key2 === "agentVersion"))){
vErrors = fault(vErrors, instancePath+"/target", "ConformanceTarget/additionalProperties", "additionalProperties", {additionalProperty: key2}, "must NOT have additional properties");
errors++;
}
}
if(data7.name !== undefined){
if(typeof data7.name !== "string"){
vErrors = fault(vErrors, instancePath+"/target/name", "ConformanceTarget/properties/name/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data7.agentId !== undefined){
let data9 = data7.agentId;
if((typeof data9 !== "string") && (data9 !== null)){
vErrors = fault(vErrors, instancePath+"/target/agentId", "ConformanceTarget/properties/agentId/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data7.agentVersion !== undefined){
let data10 = data7.agentVersion;
if((typeof data10 !== "string") && (data10 !== null)){
vErrors = fault(vErrors, instancePath+"/target/agentVersion", "ConformanceTarget/properties/agentVersion/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/target", "ConformanceTarget/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.startedAt !== undefined){
let data11 = data.startedAt;
if(typeof data11 === "string"){
if(!pattern0.test(data11)){
vErrors = fault(vErrors, instancePath+"/startedAt", "Timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/startedAt", "Timestamp/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.durationMs !== undefined){
let data12 = data.durationMs;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
vErrors = fault(vErrors, instancePath+"/durationMs", "#/properties/durationMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 < 0 || isNaN(data12)){
vErrors = fault(vErrors, instancePath+"/durationMs", "#/properties/durationMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.waitedMs !== undefined){
let data13 = data.waitedMs;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
vErrors = fault(vErrors, instancePath+"/waitedMs", "#/properties/waitedMs/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 0 || isNaN(data13)){
vErrors = fault(vErrors, instancePath+"/waitedMs", "#/properties/waitedMs/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.outcome !== undefined){
let data14 = data.outcome;
if(typeof data14 !== "string"){
vErrors = fault(vErrors, instancePath+"/outcome", "#/properties/outcome/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((data14 === "conforms") || (data14 === "findings")) || (data14 === "could-not-run"))){
vErrors = fault(vErrors, instancePath+"/outcome", "#/properties/outcome/enum", "enum", {allowedValues: ["conforms","findings","could-not-run"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.reason !== undefined){
let data15 = data.reason;
if((typeof data15 !== "string") && (data15 !== null)){
vErrors = fault(vErrors, instancePath+"/reason", "#/properties/reason/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.notes !== undefined){
let data16 = data.notes;
if(Array.isArray(data16)){
const len0 = data16.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data16[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/notes/" + i0, "#/properties/notes/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/notes", "#/properties/notes/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.counts !== undefined){
let data18 = data.counts;
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
if(data18.planned === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "planned"}, "must have required property '"+"planned"+"'");
errors++;
}
if(data18.run === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "run"}, "must have required property '"+"run"+"'");
errors++;
}
if(data18.pass === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "pass"}, "must have required property '"+"pass"+"'");
errors++;
}
if(data18.fail === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "fail"}, "must have required property '"+"fail"+"'");
errors++;
}
if(data18.warn === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "warn"}, "must have required property '"+"warn"+"'");
errors++;
}
if(data18.flaky === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "flaky"}, "must have required property '"+"flaky"+"'");
errors++;
}
if(data18.known === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "known"}, "must have required property '"+"known"+"'");
errors++;
}
if(data18.notApplicable === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "notApplicable"}, "must have required property '"+"notApplicable"+"'");
errors++;
}
if(data18.error === undefined){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/required", "required", {missingProperty: "error"}, "must have required property '"+"error"+"'");
errors++;
}
for(const key3 in data18){
if(errors > 999)break;
if(!((key3 === "planned" || key3 === "run" || key3 === "pass" || key3 === "fail" || key3 === "warn" || key3 === "flaky" || key3 === "known" || key3 === "notApplicable" || key3 === "error"))){
vErrors = fault(vErrors, instancePath+"/counts", "ConformanceCounts/additionalProperties", "additionalProperties", {additionalProperty: key3}, "must NOT have additional properties");
errors++;
}
}
if(data18.planned !== undefined){
let data19 = data18.planned;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
vErrors = fault(vErrors, instancePath+"/counts/planned", "ConformanceCounts/properties/planned/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 < 0 || isNaN(data19)){
vErrors = fault(vErrors, instancePath+"/counts/planned", "ConformanceCounts/properties/planned/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.run !== undefined){
let data20 = data18.run;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
vErrors = fault(vErrors, instancePath+"/counts/run", "ConformanceCounts/properties/run/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 0 || isNaN(data20)){
vErrors = fault(vErrors, instancePath+"/counts/run", "ConformanceCounts/properties/run/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.pass !== undefined){
let data21 = data18.pass;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
vErrors = fault(vErrors, instancePath+"/counts/pass", "ConformanceCounts/properties/pass/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
vErrors = fault(vErrors, instancePath+"/counts/pass", "ConformanceCounts/properties/pass/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.fail !== undefined){
let data22 = data18.fail;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
vErrors = fault(vErrors, instancePath+"/counts/fail", "ConformanceCounts/properties/fail/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 < 0 || isNaN(data22)){
vErrors = fault(vErrors, instancePath+"/counts/fail", "ConformanceCounts/properties/fail/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.warn !== undefined){
let data23 = data18.warn;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
vErrors = fault(vErrors, instancePath+"/counts/warn", "ConformanceCounts/properties/warn/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 0 || isNaN(data23)){
vErrors = fault(vErrors, instancePath+"/counts/warn", "ConformanceCounts/properties/warn/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.flaky !== undefined){
let data24 = data18.flaky;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
vErrors = fault(vErrors, instancePath+"/counts/flaky", "ConformanceCounts/properties/flaky/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 0 || isNaN(data24)){
vErrors = fault(vErrors, instancePath+"/counts/flaky", "ConformanceCounts/properties/flaky/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.known !== undefined){
let data25 = data18.known;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
vErrors = fault(vErrors, instancePath+"/counts/known", "ConformanceCounts/properties/known/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 < 0 || isNaN(data25)){
vErrors = fault(vErrors, instancePath+"/counts/known", "ConformanceCounts/properties/known/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.notApplicable !== undefined){
let data26 = data18.notApplicable;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
vErrors = fault(vErrors, instancePath+"/counts/notApplicable", "ConformanceCounts/properties/notApplicable/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 < 0 || isNaN(data26)){
vErrors = fault(vErrors, instancePath+"/counts/notApplicable", "ConformanceCounts/properties/notApplicable/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data18.error !== undefined){
let data27 = data18.error;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
vErrors = fault(vErrors, instancePath+"/counts/error", "ConformanceCounts/properties/error/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
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
if(data.profiles !== undefined){
let data28 = data.profiles;
if(Array.isArray(data28)){
const len1 = data28.length;
for(let i1=0; i1<len1 && errors < 1000; i1++){
if(!(validate1(data28[i1], instancePath+"/profiles/" + i1))){
vErrors = join(vErrors, validate1.errors);
errors += validate1.errors.length;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/profiles", "#/properties/profiles/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.baseline !== undefined){
let data30 = data.baseline;
if((!(Array.isArray(data30))) && (data30 !== null)){
vErrors = fault(vErrors, instancePath+"/baseline", "#/properties/baseline/type", "type", {type: ["array","null"]}, "must be array,null");
errors++;
}
if(Array.isArray(data30)){
const len2 = data30.length;
for(let i2=0; i2<len2 && errors < 1000; i2++){
let data31 = data30[i2];
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
if(data31.id === undefined){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data31.reason === undefined){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/required", "required", {missingProperty: "reason"}, "must have required property '"+"reason"+"'");
errors++;
}
if(data31.expires === undefined){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/required", "required", {missingProperty: "expires"}, "must have required property '"+"expires"+"'");
errors++;
}
if(data31.state === undefined){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/required", "required", {missingProperty: "state"}, "must have required property '"+"state"+"'");
errors++;
}
for(const key4 in data31){
if(errors > 999)break;
if(!(((((key4 === "id") || (key4 === "reason")) || (key4 === "expires")) || (key4 === "issue")) || (key4 === "state"))){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/additionalProperties", "additionalProperties", {additionalProperty: key4}, "must NOT have additional properties");
errors++;
}
}
if(data31.id !== undefined){
if(typeof data31.id !== "string"){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/id", "ConformanceEntryResult/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data31.reason !== undefined){
if(typeof data31.reason !== "string"){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/reason", "ConformanceEntryResult/properties/reason/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data31.expires !== undefined){
let data34 = data31.expires;
if(typeof data34 === "string"){
if(!pattern1.test(data34)){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/expires", "ConformanceEntryResult/properties/expires/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/expires", "ConformanceEntryResult/properties/expires/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data31.issue !== undefined){
let data35 = data31.issue;
if((typeof data35 !== "string") && (data35 !== null)){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/issue", "ConformanceEntryResult/properties/issue/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data31.state !== undefined){
let data36 = data31.state;
if(typeof data36 !== "string"){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/state", "ConformanceEntryResult/properties/state/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((((data36 === "used") || (data36 === "stale")) || (data36 === "expired")) || (data36 === "unknown")) || (data36 === "unused"))){
vErrors = fault(vErrors, instancePath+"/baseline/" + i2+"/state", "ConformanceEntryResult/properties/state/enum", "enum", {allowedValues: ["used","stale","expired","unknown","unused"]}, "must be equal to one of the allowed values");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/baseline/" + i2, "ConformanceEntryResult/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
}
if(data.cases !== undefined){
let data37 = data.cases;
if(Array.isArray(data37)){
const len3 = data37.length;
for(let i3=0; i3<len3 && errors < 1000; i3++){
if(!(validate3(data37[i3], instancePath+"/cases/" + i3))){
vErrors = join(vErrors, validate3.errors);
errors += validate3.errors.length;
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

export const validateConformanceReport = /* @__PURE__ */ face("ConformanceReport", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
