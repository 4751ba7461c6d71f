# SPDX-License-Identifier: Apache-2.0
# How a library, a tool and a test of Tilicho are declared.

# What every target of ours is compiled with. Contraction is off because the
# values of the emulator are defined operation by operation.
add_library(TilichoOptions INTERFACE)
target_compile_features(TilichoOptions INTERFACE cxx_std_17)
target_compile_options(TilichoOptions INTERFACE -Wall -Wextra
  -Wno-unused-parameter -ffp-contract=off
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Xclang -fno-pch-timestamp>)
target_include_directories(TilichoOptions INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_options(TilichoOptions INTERFACE -fuse-ld=lld)
if(TILICHO_SANITIZE)
  # The shared runtime, so that Python can load sanitized libraries too.
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-runtime-dir
    OUTPUT_VARIABLE sanitizer_folder OUTPUT_STRIP_TRAILING_WHITESPACE)
  target_compile_options(TilichoOptions INTERFACE
    -fsanitize=${TILICHO_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -g1)
  target_link_options(TilichoOptions INTERFACE -fsanitize=${TILICHO_SANITIZE}
    -shared-libasan -Wl,-rpath,${sanitizer_folder})
else()
  # Sanitized libraries take what they need from the process.
  set(TILICHO_NO_UNDEFINED LINKER:-z,defs)
endif()

# tilicho_library(NAME SRCS a.cpp ... [LINK x ...] [DEPENDS target ...])
function(tilicho_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  target_link_libraries(${name} PUBLIC TilichoOptions ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# tilicho_compiler_library(...): the same for code on MLIR: LLVM's headers, no
# exceptions, and one precompiled header for all. LLVM's NDEBUG and ABI flags
# come from its own configuration.
function(tilicho_compiler_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;LINK;DEPENDS" ${ARGN})
  tilicho_library(${name} SRCS ${ARG_SRCS} LINK TilichoMlir ${ARG_LINK}
                  DEPENDS ${ARG_DEPENDS})
  target_compile_options(${name} PRIVATE -fno-exceptions)
  target_precompile_headers(${name} REUSE_FROM TilichoMlirPch)
endfunction()

add_library(TilichoMlir INTERFACE)
target_include_directories(TilichoMlir SYSTEM INTERFACE ${MLIR_INCLUDE_DIRS}
                           ${LLVM_INCLUDE_DIRS})
target_link_libraries(TilichoMlir INTERFACE MLIR LLVM)

add_library(TilichoMlirPch STATIC ${PROJECT_SOURCE_DIR}/cmake/MlirPch.cpp)
target_link_libraries(TilichoMlirPch PUBLIC TilichoOptions TilichoMlir)
target_compile_options(TilichoMlirPch PRIVATE -fno-exceptions
  -fpch-instantiate-templates)
target_precompile_headers(TilichoMlirPch PRIVATE
  ${PROJECT_SOURCE_DIR}/cmake/MlirPch.h)

# tilicho_tool(NAME SRCS a.cpp [LINK x ...])
function(tilicho_tool name)
  cmake_parse_arguments(ARG "" "" "SRCS;LINK" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE TilichoOptions ${ARG_LINK})
endfunction()

# tilicho_unit_test(NAME SRCS a.cpp [LINK x ...]): a GoogleTest binary in
# build/test/unit.
add_custom_target(TilichoUnitTests)
function(tilicho_unit_test name)
  cmake_parse_arguments(ARG "" "" "SRCS;LINK" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE TilichoOptions ${ARG_LINK} GTest::gmock
                        GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                        ${PROJECT_BINARY_DIR}/test/unit)
  add_dependencies(TilichoUnitTests ${name})
endfunction()

# tilicho_mlir_tablegen(OUT ARGS...): mlir_tablegen on LLVM_TARGET_DEFINITIONS
# with the include folders of MLIR and of Tilicho.
macro(tilicho_mlir_tablegen out)
  mlir_tablegen(${out} ${ARGN} -I ${PROJECT_SOURCE_DIR} -I ${PROJECT_BINARY_DIR}
                -I ${MLIR_INCLUDE_DIRS})
endmacro()

# tilicho_shared_library(NAME SRCS a.cpp [LINK x ...]): libNAME.so, which shows
# tilicho_* and nothing of what it is made of.
function(tilicho_shared_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;LINK" ${ARGN})
  set(exports ${PROJECT_SOURCE_DIR}/cmake/tilicho.exports)
  add_library(${name} SHARED ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE TilichoOptions ${ARG_LINK})
  target_link_options(${name} PRIVATE LINKER:--version-script=${exports}
                      LINKER:--exclude-libs=ALL LINKER:--gc-sections
                      LINKER:-z,nodelete LINKER:-Bsymbolic
                      ${TILICHO_NO_UNDEFINED})
  set_target_properties(${name} PROPERTIES LINK_DEPENDS ${exports}
                        INSTALL_RPATH "$ORIGIN")
endfunction()
