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
if(data.data === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "data"}, "must have required property '"+"data"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "type") || (key0 === "data")) || (key0 === "schema_uri"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("data" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "#/properties/type/const", "const", {allowedValue: "data"}, "must be equal to constant");
errors++;
}
}
if(data.data !== undefined){
let data1 = data.data;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
vErrors = fault(vErrors, instancePath+"/data", "#/properties/data/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.schema_uri !== undefined){
let data2 = data.schema_uri;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/schema_uri", "#/properties/schema_uri/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateDataPart = /* @__PURE__ */ face("DataPart", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
