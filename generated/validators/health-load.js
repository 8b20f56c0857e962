// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.active_tasks === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "active_tasks"}, "must have required property '"+"active_tasks"+"'");
errors++;
}
if(data.queue_depth === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "queue_depth"}, "must have required property '"+"queue_depth"+"'");
errors++;
}
if(data.active_tasks !== undefined){
let data0 = data.active_tasks;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
vErrors = fault(vErrors, instancePath+"/active_tasks", "#/properties/active_tasks/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 < 0 || isNaN(data0)){
vErrors = fault(vErrors, instancePath+"/active_tasks", "#/properties/active_tasks/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data.queue_depth !== undefined){
let data1 = data.queue_depth;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
vErrors = fault(vErrors, instancePath+"/queue_depth", "#/properties/queue_depth/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 < 0 || isNaN(data1)){
vErrors = fault(vErrors, instancePath+"/queue_depth", "#/properties/queue_depth/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
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

export const validateHealthLoad = /* @__PURE__ */ face("HealthLoad", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
