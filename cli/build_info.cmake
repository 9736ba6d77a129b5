# Writes build_info.cpp: the version, and the revision where git knows one. Run by the build.
set(REVISION "unknown")
if(GIT)
  execute_process(COMMAND ${GIT} rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
  if(NOT failed)
    set(REVISION "${found}")
  endif()
endif()
file(WRITE ${OUTPUT} "#include \"cli/build_info.hpp\"

namespace quorate {

std::string_view version() { return \"${VERSION}\"; }
std::string_view source_revision() { return \"${REVISION}\"; }

}  // namespace quorate
")
