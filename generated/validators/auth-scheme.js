// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
const pattern0 = /* @__PURE__ */ new RegExp("^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.schemes === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "schemes"}, "must have required property '"+"schemes"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "schemes") || (key0 === "oauth2"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.schemes !== undefined){
let data0 = data.schemes;
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
vErrors = fault(vErrors, instancePath+"/schemes/" + i0, "#/properties/schemes/items/pattern", "pattern", {pattern: "^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$"}, "must match pattern \""+"^(?:[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc])$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/schemes/" + i0, "#/properties/schemes/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/schemes", "#/properties/schemes/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.oauth2 !== undefined){
let data2 = data.oauth2;
if((!(data2 && typeof data2 == "object" && !Array.isArray(data2))) && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/oauth2", "#/properties/oauth2/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateAuthScheme = /* @__PURE__ */ face("AuthScheme", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
