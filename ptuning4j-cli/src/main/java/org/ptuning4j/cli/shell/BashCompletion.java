package org.ptuning4j.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A completion script for bash: commands, options, the words that an option takes, and files or
 * folders where it takes those.
 *
 * @param ptune the command with its subcommands
 */
record BashCompletion(CompletedCommand ptune) {

  private static final String HEAD =
      """
      # Completion for ptune in bash: source <(ptune generate-completion)
      if [ -n "${ZSH_VERSION:-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi

      _ptune() {
        local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
        local command="${COMP_WORDS[1]}" words="" files="" list="" before="" IFS=$'\\n'
        COMPREPLY=()
        if [ "$cur" = "=" ]; then # --option=value is three words here
          cur=""
        elif [ "$prev" = "=" ]; then
          prev="${COMP_WORDS[COMP_CWORD-2]}"
        fi
        if [ "$COMP_CWORD" = 1 ]; then
          command="" prev=""
        fi
        case "$command" in
          GROUPS)
            if [ "$COMP_CWORD" -gt 2 ]; then
              command="$command ${COMP_WORDS[2]}"
            fi
            ;;
        esac
        case "$command $prev" in
      """;

  private static final String TAIL =
      """
        esac
        if [ -n "$list" ] && [[ "$cur" == *,* ]]; then # a list: its last item
          before="${cur%,*},"
          cur="${cur##*,}"
        fi
        COMPREPLY=($(compgen -P "$before" -W "${words// /$'\\n'}" -- "$cur"))
        if [ -n "$files" ]; then
          if type compopt &>/dev/null; then compopt -o filenames; fi
          COMPREPLY+=($(compgen -P "$before" "$files" -- "$cur"))
        fi
      }
      complete -F _ptune ptune ./ptune
      """;

  /** The script. */
  String script() {
    String groups =
        ptune
            .all()
            .filter(each -> !each.commands().isEmpty())
            .map(CompletedCommand::words)
            .collect(Collectors.joining(" | "));
    StringBuilder script = new StringBuilder(HEAD.replace("GROUPS", groups));
    List<String> first = new ArrayList<>(names(ptune));
    ptune.options().forEach(option -> first.add(option.name()));
    script.append("    \" \") words=\"").append(String.join(" ", first)).append("\" ;;\n");
    ptune.all().forEach(command -> appendValues(script, command));
    script.append("    *)\n      case \"$command\" in\n");
    ptune.all().forEach(command -> appendOthers(script, command));
    script.append("      esac\n      ;;\n");
    return script.append(TAIL).toString();
  }

  private static List<String> names(CompletedCommand command) {
    return command.commands().stream().map(CompletedCommand::name).toList();
  }

  /** What follows each option that takes a value. */
  private static void appendValues(StringBuilder script, CompletedCommand command) {
    for (CompletedOption option : command.options()) {
      option
          .value()
          .ifPresent(
              value ->
                  script
                      .append("    \"")
                      .append(command.words())
                      .append(' ')
                      .append(option.name())
                      .append("\") ")
                      .append(values(value))
                      .append(" ;;\n"));
    }
  }

  /** Everywhere else: options, and what the command takes without one. */
  private static void appendOthers(StringBuilder script, CompletedCommand command) {
    String options =
        command.options().stream().map(CompletedOption::name).collect(Collectors.joining(" "));
    script.append("        \"").append(command.words()).append("\")\n");
    script
        .append("          if [[ \"$cur\" == -* ]]; then words=\"")
        .append(options)
        .append("\"\n");
    if (!command.commands().isEmpty()) {
      String names = String.join(" ", names(command));
      script.append("          else words=\"").append(names).append("\"\n");
    } else if (command.argument().isPresent()) {
      String values = values(command.argument().get());
      script.append("          else ").append(values).append('\n');
    }
    script.append("          fi\n          ;;\n");
  }

  private static String values(CompletedValue value) {
    String words = "words=\"" + String.join(" ", value.words()) + "\"";
    String files =
        switch (value.paths()) {
          case NONE -> "";
          case FILES -> " files=-f";
          case FOLDERS -> " files=-d";
        };
    return words + files + (value.list() ? " list=yes" : "");
  }
}
