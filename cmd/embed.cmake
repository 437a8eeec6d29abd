# embed_files(directory files…): makes sources that hold the files' bytes; sets EMBEDDED_SOURCES.
# The table's declaration is cmd/secondlook/embedded.h.
function(embed_files directory)
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file IN LISTS ARGN)
    string(APPEND assembly
      ".global embedded_${number}_start\n.global embedded_${number}_end\n"
      "embedded_${number}_start:\n.incbin \"${CMAKE_SOURCE_DIR}/${file}\"\nembedded_${number}_end:\n.byte 0\n")
    string(APPEND declarations "extern const char embedded_${number}_start[], embedded_${number}_end[];\n")
    string(APPEND rows "\t{\"${file}\", embedded_${number}_start, embedded_${number}_end},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${directory}/embedded_bytes.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${directory}/embedded_table.c CONTENT
    "/* Made by cmd/embed.cmake. */\n#include \"embedded.h\"\n\n${declarations}\nconst struct embedded_file embedded_files[] = {\n${rows}\t{0, 0, 0},\n};\n" @ONLY)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  set_source_files_properties(${directory}/embedded_bytes.S PROPERTIES OBJECT_DEPENDS "${paths}")
  set(EMBEDDED_SOURCES ${directory}/embedded_bytes.S ${directory}/embedded_table.c PARENT_SCOPE)
endfunction()
