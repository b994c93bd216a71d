package org.ptuning4j.cli.shell;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option as a shell offers it.
 *
 * @param names the longest first
 * @param description a sentence
 * @param value what follows it; empty of a switch
 * @param optionalValue whether the value may be left out, and else is joined to the name by =
 * @param repeatable whether it may be given several times
 */
record CompletedOption(
    List<String> names,
    String description,
    Optional<CompletedValue> value,
    boolean optionalValue,
    boolean repeatable) {

  static CompletedOption of(OptionSpec option) {
    boolean takesValue = option.arity().max() > 0;
    return new CompletedOption(
        List.of(option.names()).stream()
            .sorted((a, b) -> Integer.compare(b.length(), a.length()))
            .toList(),
        Sentence.first(option.description()),
        takesValue ? Optional.of(CompletedValue.of(option)) : Optional.empty(),
        takesValue && option.arity().min() == 0,
        option.isMultiValue());
  }

  /** Its longest name. */
  String name() {
    return names.get(0);
  }
}
