package org.ptuning4j.cli.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;

/** A shell that can complete what is typed, and its script. */
public enum Completion {
  BASH("share/bash-completion/completions/ptune"),
  ZSH("share/zsh/site-functions/_ptune"),
  FISH("share/fish/vendor_completions.d/ptune.fish");

  private final String place;

  Completion(String place) {
    this.place = place;
  }

  /** Where the shell looks for the script, below a prefix such as {@code /usr/local}. */
  public String place() {
    return place;
  }

  /** The script for a command and all below it. */
  public String script(CommandLine ptune) {
    CompletedCommand all = CompletedCommand.of(ptune);
    return switch (this) {
      case BASH -> new BashCompletion(all).script();
      case ZSH -> new ZshCompletion(all).script();
      case FISH -> new FishCompletion(all).script();
    };
  }

  /** The shells' names. */
  public static List<String> shells() {
    return Arrays.stream(values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The one of a shell. */
  public static Optional<Completion> of(String shell) {
    return Arrays.stream(values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(shell))
        .findFirst();
  }
}
