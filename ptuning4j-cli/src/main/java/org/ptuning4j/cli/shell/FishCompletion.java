package org.ptuning4j.cli.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * A completion script for fish: commands and options with what they are for, the words that an
 * option takes, and files or folders where it takes those.
 *
 * @param ptune the command with its subcommands
 */
record FishCompletion(CompletedCommand ptune) {

  private static final String HEAD =
      """
      # Completion for ptune in fish: ptune generate-completion fish | source

      # Whether these words follow ptune, and the cursor is behind them.
      function __ptune_within
          set -l words (commandline -opc)
          set -l last (math 1 + (count $argv))
          test (count $words) -ge $last
          and test "$words[2..$last]" = "$argv"
      end

      # Whether these words follow ptune, and the cursor is where the next one begins.
      function __ptune_next
          set -l words (commandline -opc)
          test (count $words) -eq (math 1 + (count $argv))
          and begin
              test (count $argv) -eq 0
              or test "$words[2..-1]" = "$argv"
          end
      end

      # Words for the last item of a list with commas.
      function __ptune_list
          set -l before (string replace -r '^--[^=]*=' '' -- (commandline -ct))
          set before (string replace -r '[^,]*$' '' -- $before)
          printf '%s\\n' "$before"$argv
      end

      complete -c ptune -f
      """;

  /** The script. */
  String script() {
    StringBuilder script = new StringBuilder(HEAD);
    appendCommand(script, ptune);
    ptune.all().forEach(command -> appendCommand(script, command));
    return script.toString();
  }

  private static void appendCommand(StringBuilder script, CompletedCommand command) {
    String at = (" " + command.words()).stripTrailing();
    String within = "complete -c ptune -n '__ptune_within" + at + "'";
    String next = "complete -c ptune -n '__ptune_next" + at + "'";
    script.append("\n# ptune").append(at).append('\n');
    for (CompletedCommand below : command.commands()) {
      script.append(next).append(" -a ").append(below.name());
      appendDescription(script, below.description());
    }
    String where = command.commands().isEmpty() ? within : next;
    for (CompletedOption option : command.options()) {
      script.append(where).append(names(option)).append(value(option));
      appendDescription(script, option.description());
    }
    if (command.commands().isEmpty()) {
      command
          .argument()
          .filter(value -> !value.words().isEmpty() || value.paths() != CompletedValue.Paths.NONE)
          .ifPresent(value -> script.append(within).append(offered(value)).append('\n'));
    }
  }

  private static void appendDescription(StringBuilder script, String description) {
    script.append(" -d ").append(quoted(description)).append('\n');
  }

  private static String names(CompletedOption option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    return names.toString();
  }

  /** A value follows, -r; one that may be left out is joined to its option. */
  private static String value(CompletedOption option) {
    return option
        .value()
        .map(value -> (option.optionalValue() ? "" : " -r") + offered(value))
        .orElse("");
  }

  private static String offered(CompletedValue value) {
    List<String> words = new ArrayList<>();
    if (!value.words().isEmpty()) {
      String all = String.join(" ", value.words());
      words.add(value.list() ? "(__ptune_list " + all + ")" : all);
    }
    if (value.paths() == CompletedValue.Paths.FOLDERS) {
      words.add("(__fish_complete_directories)");
    }
    String files = value.paths() == CompletedValue.Paths.FILES ? " -F" : " -f";
    return files + (words.isEmpty() ? "" : " -a " + quoted(String.join(" ", words)));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
