package org.ptuning4j.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A completion script for zsh, in the manner of its own ones: commands and options with what they
 * are for, the words that an option takes, and files or folders where it takes those.
 *
 * @param ptune the command with its subcommands
 */
record ZshCompletion(CompletedCommand ptune) {

  private static final String HEAD =
      """
      #compdef ptune
      # Completion for ptune in zsh: source <(ptune generate-completion zsh), or this file as _ptune
      # in a folder of $fpath.

      """;

  private static final String TAIL =
      """

      if [ "${funcstack[1]}" = _ptune ]; then
        _ptune "$@"
      else
        compdef _ptune ptune ./ptune
      fi
      """;

  /** The script. */
  String script() {
    StringBuilder script = new StringBuilder(HEAD);
    ptune.all().forEach(command -> appendFunction(script, command));
    appendFunction(script, ptune);
    return script.append(TAIL).toString();
  }

  private static String function(CompletedCommand command) {
    return command.path().isEmpty() ? "_ptune" : "_ptune_" + String.join("_", command.path());
  }

  private static void appendFunction(StringBuilder script, CompletedCommand command) {
    script.append(function(command)).append("() {\n");
    List<String> specs = new ArrayList<>();
    command.options().forEach(option -> specs.add(option(option)));
    if (!command.commands().isEmpty()) {
      specs.add("'1:command:->command'");
      specs.add("'*::argument:->argument'");
    } else {
      command.argument().ifPresent(value -> specs.add(quoted("*:" + valued(value))));
    }
    script.append("  local context state state_descr line\n  typeset -A opt_args\n");
    script.append("  _arguments -C \\\n    ").append(String.join(" \\\n    ", specs));
    script.append(command.commands().isEmpty() ? "\n}\n\n" : " && return\n");
    if (!command.commands().isEmpty()) {
      appendCommands(script, command);
    }
  }

  private static void appendCommands(StringBuilder script, CompletedCommand command) {
    script.append("  case $state in\n    command)\n      local -a commands=(\n");
    for (CompletedCommand below : command.commands()) {
      String line = below.name().replace(":", "\\:") + ":" + below.description();
      script.append("        ").append(quoted(line)).append('\n');
    }
    script.append("      )\n      _describe -t commands command commands\n      ;;\n");
    script.append("    argument)\n      case $line[1] in\n");
    for (CompletedCommand below : command.commands()) {
      script.append("        ").append(below.name()).append(") ").append(function(below));
      script.append(" ;;\n");
    }
    script.append("      esac\n      ;;\n  esac\n}\n\n");
  }

  /** What _arguments takes: names, what the option is for, what its value may be. */
  private static String option(CompletedOption option) {
    String rest = "[" + escaped(option.description()) + "]" + value(option);
    String others = option.repeatable() ? "*" : "(" + String.join(" ", option.names()) + ")";
    String equals =
        option.value().isEmpty() ? "" : option.optionalValue() ? "=-" : "="; // =- needs the sign
    return option.names().stream()
        .map(name -> quoted(others + name + (name.startsWith("--") ? equals : "") + rest))
        .collect(Collectors.joining(" "));
  }

  private static String value(CompletedOption option) {
    return option
        .value()
        .map(value -> (option.optionalValue() ? "::" : ":") + valued(value))
        .orElse("");
  }

  private static String valued(CompletedValue value) {
    String label = escaped(value.label());
    String words = String.join(" ", value.words());
    String files =
        switch (value.paths()) {
          case NONE -> "";
          case FILES -> "_files";
          case FOLDERS -> "_files -/";
        };
    if (value.list() && !words.isEmpty()) {
      return label + ":_sequence compadd - " + words;
    }
    if (words.isEmpty()) {
      return label + ":" + (files.isEmpty() ? " " : files);
    }
    return label
        + ":"
        + (files.isEmpty()
            ? "(" + words + ")"
            : "{_alternative "
                + alternative("word", "(" + words + ")")
                + alternative("file", files)
                + "}");
  }

  /** One of several kinds of values; a colon would end the action that it is in. */
  private static String alternative(String kind, String action) {
    return " \"" + kind + "s\\:" + kind + "\\:" + action + "\"";
  }

  /** Without what ends a part of a specification. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
