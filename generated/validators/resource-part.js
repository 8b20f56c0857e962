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
if(data.resource_uri === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "resource_uri"}, "must have required property '"+"resource_uri"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "type") || (key0 === "resource_uri"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.type !== undefined){
if("resource" !== data.type){
vErrors = fault(vErrors, instancePath+"/type", "#/properties/type/const", "const", {allowedValue: "resource"}, "must be equal to constant");
errors++;
}
}
if(data.resource_uri !== undefined){
if(typeof data.resource_uri !== "string"){
vErrors = fault(vErrors, instancePath+"/resource_uri", "#/properties/resource_uri/type", "type", {type: "string"}, "must be string");
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

export const validateResourcePart = /* @__PURE__ */ face("ResourcePart", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
