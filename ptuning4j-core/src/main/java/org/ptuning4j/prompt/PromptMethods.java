package org.ptuning4j.prompt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * The methods that can be asked for by name, on the command line or in a file. Immutable: {@link
 * #with} gives a registry with one more.
 */
public final class PromptMethods {

  private record Registered(Set<String> settings, Function<MethodSettings, PromptMethod> factory) {}

  private final Map<String, Registered> methods;

  private PromptMethods(Map<String, Registered> methods) {
    this.methods = methods;
  }

  /** The methods of this library. */
  public static PromptMethods standard() {
    return new PromptMethods(Map.of())
        .with(PTuningV2.NAME, PTuningV2.SETTINGS, PTuningV2::of)
        .with(PrefixTuning.NAME, PrefixTuning.SETTINGS, PrefixTuning::of)
        .with(PromptTuning.NAME, PromptTuning.SETTINGS, PromptTuning::of)
        .with(PTuning.NAME, PTuning.SETTINGS, PTuning::of)
        .with(SoftPrompts.NAME, SoftPrompts.SETTINGS, SoftPrompts::of)
        .with(UnusedTokens.NAME, UnusedTokens.SETTINGS, UnusedTokens::of)
        .with(ManualPrompt.NAME, Set.of(), settings -> new ManualPrompt())
        .with(HeadOnly.NAME, Set.of(), settings -> new HeadOnly())
        .with(FullFineTuning.NAME, Set.of(), settings -> new FullFineTuning());
  }

  /**
   * The registry with a further method, or with another in the place of one.
   *
   * @param name the method's name
   * @param settings the names of the settings that it has, hyphenated
   * @param factory makes it of its settings
   */
  public PromptMethods with(
      String name, Set<String> settings, Function<MethodSettings, PromptMethod> factory) {
    Map<String, Registered> more = new LinkedHashMap<>(methods);
    more.put(name, new Registered(Set.copyOf(settings), factory));
    return new PromptMethods(Collections.unmodifiableMap(more));
  }

  /** The names, in the order in which they were registered. */
  public List<String> names() {
    return List.copyOf(methods.keySet());
  }

  /**
   * The names of the settings that a method has, in alphabetical order.
   *
   * @throws InvalidInputException if there is no such method
   */
  public Set<String> settings(String name) {
    return Collections.unmodifiableSet(new TreeSet<>(registered(name).settings()));
  }

  /**
   * A method with its settings.
   *
   * @throws InvalidInputException if there is no such method, it does not have one of the settings,
   *     or a value is not usable
   */
  public PromptMethod create(String name, MethodSettings settings) {
    Registered method = registered(name);
    for (String setting : settings.names()) {
      if (!method.settings().contains(setting)) {
        throw unknownSetting(name, setting);
      }
    }
    return method.factory().apply(settings);
  }

  private Registered registered(String name) {
    Registered method = methods.get(name);
    if (method == null) {
      throw InvalidInputException.of(
          "method: there is no '%s'; there are: %s%s",
          name,
          String.join(", ", methods.keySet()),
          Spelling.closest(name, methods.keySet())
              .map(near -> "; did you mean '" + near + "'?")
              .orElse(""));
    }
    return method;
  }

  private InvalidInputException unknownSetting(String name, String setting) {
    List<String> having =
        methods.entrySet().stream()
            .filter(entry -> entry.getValue().settings().contains(setting))
            .map(Map.Entry::getKey)
            .toList();
    Set<String> own = settings(name);
    return InvalidInputException.of(
        "%s: method %s has no such setting (it has %s); %s",
        setting,
        name,
        own.isEmpty() ? "none" : String.join(", ", own),
        having.isEmpty() ? "no method has it" : "it belongs to " + String.join(", ", having));
  }
}
