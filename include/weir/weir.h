/* weir/weir.h - everything. Each header is the manual of its module. */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <weir/array.h>
#include <weir/base.h>
#include <weir/case.h>
#include <weir/cloud.h>
#include <weir/cloud_io.h>
#include <weir/exact.h>
#include <weir/expr.h>
#include <weir/field_io.h>
#include <weir/flowmap.h>
#include <weir/judge.h>
#include <weir/laws.h>
#include <weir/mesh.h>
#include <weir/norms.h>
#include <weir/order.h>
#include <weir/report.h>
#include <weir/rng.h>
#include <weir/scheme.h>
#include <weir/solve.h>
#include <weir/study.h>
#include <weir/sum.h>
#include <weir/verdict.h>
#include <weir/version.h>
#include <weir/yaml.h>

#endif
