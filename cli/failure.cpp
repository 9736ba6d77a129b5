#include "cli/failure.hpp"

#include "sim/base/field_print.hpp"

namespace quorate {

void print_diagnostic(JsonWriter& out, const Diagnostic& diagnostic) {
  out.open_object();
  print_member(out, "severity", diagnostic.severity == Severity::error ? "error" : "warning");
  print_member(out, "code", to_text(diagnostic.code));
  print_member(out, "file", diagnostic.file);
  print_member(out, "line", diagnostic.at.line);
  print_member(out, "column", diagnostic.at.column);
  print_member(out, "length", diagnostic.at.length);
  print_member(out, "text", diagnostic.text);
  print_member(out, "hint", diagnostic.hint);
  out.close_object();
}

std::string failure_json(const Failure& failure) {
  JsonWriter out;
  out.open_object();
  print_member(out, "schema", "quorate/error/1");
  print_member(out, "exit_code", static_cast<int>(failure.code()));
  print_member(out, "error", std::string_view(failure.what()));
  print_member(out, "hint", failure.hint());
  out.key("diagnostics");
  out.open_array();
  for (const Diagnostic& one : failure.diagnostics()) print_diagnostic(out, one);
  out.close_array();
  out.close_object();
  return out.buffer() + "\n";
}

}  // namespace quorate
