// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
