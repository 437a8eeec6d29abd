# Every file of tests/unit/<folder>/ is one Check program, linked with what it tests, and one ctest test.
file(GLOB_RECURSE unit_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*.c)
foreach(source IN LISTS unit_tests)
  get_filename_component(name ${source} NAME_WE)
  get_filename_component(folder ${source} DIRECTORY)
  get_filename_component(folder ${folder} NAME)
  set(target unit_${folder}_${name})
  add_executable(${target} ${source})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  if(TARGET secondlook_${folder})
    target_link_libraries(${target} PRIVATE secondlook_${folder} PkgConfig::CHECK)
  else()
    target_link_libraries(${target} PRIVATE secondlook_program PkgConfig::CHECK)
  endif()
  add_test(NAME unit/${folder}/${name} COMMAND ${target})
  set_tests_properties(unit/${folder}/${name} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()

# >>> tests/house, tests/fuzz: rules that are seen in the text of the tree; harnesses for what reads others' bytes.
# Each rule is a program that is given the tree's root; `red` sees each of them fail.
foreach(rule arrows banned constraints functions hidden operations places problems unfinished red)
  add_test(NAME house/${rule} COMMAND ${CMAKE_SOURCE_DIR}/tests/house/${rule} ${CMAKE_SOURCE_DIR})
  set_tests_properties(house/${rule} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()

# Without FUZZ a harness is run on its corpus by replay.c; with it libFuzzer (clang's) is linked in.
option(FUZZ "Build tests/fuzz with libFuzzer" OFF)
foreach(harness contract_check evidence image_split sqlfile_parse)
  set(target fuzz_${harness})
  add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/fuzz/${harness}.c)
  target_link_libraries(${target} PRIVATE secondlook_program)
  if(FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(arguments -runs=0)
  else()
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c)
    set(arguments)
  endif()
  add_test(NAME fuzz/${harness} COMMAND ${target} ${arguments} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${harness})
  set_tests_properties(fuzz/${harness} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()
if(FUZZ)
  foreach(folder base contract db ledger)
    target_compile_options(secondlook_${folder} PRIVATE -fsanitize=fuzzer-no-link)
  endforeach()
endif()
# <<< tests/house, tests/fuzz

# >>> tests/db: each file but database.c is a Check program against the PostgreSQL of TEST_DATABASE_URL.
file(GLOB database_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/db/*.c)
list(FILTER database_tests EXCLUDE REGEX "/(database|seal)\\.c$")
foreach(source IN LISTS database_tests)
  get_filename_component(name ${source} NAME_WE)
  add_executable(db_${name} ${source} ${CMAKE_SOURCE_DIR}/tests/db/database.c)
  target_include_directories(db_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(db_${name} PRIVATE secondlook_db PkgConfig::CHECK)
  add_test(NAME db/${name} COMMAND db_${name})
  set_tests_properties(db/${name} PROPERTIES LABELS db TIMEOUT 180)
endforeach()
target_link_libraries(db_clock PRIVATE secondlook_program)
target_link_libraries(db_context PRIVATE secondlook_program)
target_link_libraries(db_erasure PRIVATE secondlook_program)
target_link_libraries(db_proofs PRIVATE secondlook_program)
target_link_libraries(db_queue PRIVATE secondlook_program)
target_link_libraries(db_seen PRIVATE secondlook_program)
set_tests_properties(db/verify PROPERTIES TIMEOUT 400)
target_sources(db_verify PRIVATE ${CMAKE_SOURCE_DIR}/tests/db/seal.c)
target_link_libraries(db_verify PRIVATE secondlook_program)
# <<< tests/db

# >>> tests/support, tests/api, tests/fault: the program as its clients and its operators meet it.
add_library(test_support STATIC ${CMAKE_SOURCE_DIR}/tests/support/service.c ${CMAKE_SOURCE_DIR}/tests/support/client.c
  ${CMAKE_SOURCE_DIR}/tests/support/stream.c)
target_include_directories(test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(test_support PRIVATE SECONDLOOK_PROGRAM="$<TARGET_FILE:secondlook>")
target_link_libraries(test_support PUBLIC secondlook_base PkgConfig::CURL PkgConfig::JANSSON PkgConfig::PQ PkgConfig::CHECK)
add_dependencies(test_support secondlook)

file(GLOB api_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/api/*.c)
add_executable(api_rows ${api_sources})
target_include_directories(api_rows PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/api)
target_compile_definitions(api_rows PRIVATE API_ROWS="${CMAKE_SOURCE_DIR}/tests/api/rows")
target_link_libraries(api_rows PRIVATE test_support secondlook_contract secondlook_ledger PkgConfig::YAML)
add_test(NAME api/rows COMMAND api_rows)
set_tests_properties(api/rows PROPERTIES LABELS api TIMEOUT 600)

set(api_machinery expect findings ledger table variables)
list(TRANSFORM api_machinery REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/tests/api/\\1.c")
add_executable(api_self ${CMAKE_SOURCE_DIR}/tests/api/self/self.c ${api_machinery})
target_include_directories(api_self PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/api)
target_link_libraries(api_self PRIVATE test_support PkgConfig::YAML)
add_test(NAME api/self COMMAND api_self)
set_tests_properties(api/self PROPERTIES LABELS api TIMEOUT 60)

# Each file but the frame's is a Check program with a PostgreSQL of its own. One at a time: they measure waiting.
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl)
set(fault_frame ${CMAKE_SOURCE_DIR}/tests/fault/fault.c ${CMAKE_SOURCE_DIR}/tests/fault/load.c
  ${CMAKE_SOURCE_DIR}/tests/fault/receiver.c ${CMAKE_SOURCE_DIR}/tests/fault/sealed.c)
file(GLOB fault_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fault/*.c)
list(REMOVE_ITEM fault_tests ${fault_frame})
foreach(source IN LISTS fault_tests)
  get_filename_component(name ${source} NAME_WE)
  add_executable(fault_${name} ${source} ${fault_frame})
  target_include_directories(fault_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/fault)
  target_link_libraries(fault_${name} PRIVATE test_support secondlook_db secondlook_ledger PkgConfig::SSL)
  add_test(NAME fault/${name} COMMAND fault_${name})
  set_tests_properties(fault/${name} PROPERTIES LABELS fault TIMEOUT 600 RUN_SERIAL ON)
endforeach()
# A dozen services one after the other, one of them in a second cluster.
set_tests_properties(fault/sealer PROPERTIES TIMEOUT 600)
# <<< tests/support, tests/api, tests/fault

# >>> tests/seed: what `secondlook seed` enters, against a service of its own.
file(GLOB seed_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/seed/*.c)
foreach(source IN LISTS seed_tests)
  get_filename_component(name ${source} NAME_WE)
  add_executable(seed_${name} ${source})
  target_include_directories(seed_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(seed_${name} PRIVATE test_support secondlook_program PkgConfig::CHECK)
  add_test(NAME seed/${name} COMMAND seed_${name})
  set_tests_properties(seed/${name} PROPERTIES LABELS seed TIMEOUT 300)
endforeach()
# <<< tests/seed

# >>> tests/detectors: the scenes of every detector, in SQL, against the PostgreSQL of TEST_DATABASE_URL.
add_test(NAME detectors/scenes COMMAND ${CMAKE_SOURCE_DIR}/tests/detectors/run)
set_tests_properties(detectors/scenes PROPERTIES LABELS detectors TIMEOUT 300)
# <<< tests/detectors

# The bench's load, built only when asked for (tests/bench/run).
add_executable(bench_load EXCLUDE_FROM_ALL tests/bench/load.c)
target_link_libraries(bench_load PRIVATE PkgConfig::SSL PkgConfig::OPENSSL)

# The queue's day, simulated (tests/bench/queue).
add_executable(bench_queue EXCLUDE_FROM_ALL tests/bench/queue.c cmd/secondlook/queue_simulation.c)
target_include_directories(bench_queue PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/lib ${CMAKE_SOURCE_DIR}/cmd/secondlook)
target_link_libraries(bench_queue PRIVATE m)

# The bench's streams (tests/bench/streams).
add_executable(bench_streams EXCLUDE_FROM_ALL tests/bench/streams.c)
target_link_libraries(bench_streams PRIVATE PkgConfig::SSL PkgConfig::OPENSSL)
