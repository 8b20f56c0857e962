// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data.description === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "description"}, "must have required property '"+"description"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "id") || (key0 === "description")) || (key0 === "input_schema")) || (key0 === "output_schema"))){
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
if(data.description !== undefined){
if(typeof data.description !== "string"){
vErrors = fault(vErrors, instancePath+"/description", "#/properties/description/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.input_schema !== undefined){
let data2 = data.input_schema;
if((!(data2 && typeof data2 == "object" && !Array.isArray(data2))) && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/input_schema", "#/properties/input_schema/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data.output_schema !== undefined){
let data3 = data.output_schema;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/output_schema", "#/properties/output_schema/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateSkill = /* @__PURE__ */ face("Skill", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
