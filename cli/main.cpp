#include "cli/program.hpp"

int main(int argc, char** argv) { return quorate::run_program(argc, argv); }
