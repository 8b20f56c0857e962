// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(typeof data !== "string"){
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((((((data === "submitted") || (data === "working")) || (data === "completed")) || (data === "failed")) || (data === "cancelled")) || (data === "input_required"))){
vErrors = fault(vErrors, instancePath, "#/enum", "enum", {allowedValues: ["submitted","working","completed","failed","cancelled","input_required"]}, "must be equal to one of the allowed values");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validateTaskStatus = /* @__PURE__ */ face("TaskStatus", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
