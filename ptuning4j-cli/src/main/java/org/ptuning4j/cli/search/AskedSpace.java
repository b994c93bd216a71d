package org.ptuning4j.cli.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.search.Dimension;
import org.ptuning4j.search.Domain;
import org.ptuning4j.search.SearchSpace;
import org.ptuning4j.search.SearchSpace.Change;
import org.ptuning4j.settings.Setting;

/**
 * The space that a command line asks for: what {@code --over} says, and the default space of what
 * was neither said there nor given as an option.
 */
final class AskedSpace {

  /** Names that {@code ptune ablate --over} has for two settings. */
  private static final Map<String, String> ALSO =
      Map.of("length", "prompt-length", "depth", "layers");

  /** What a search sets itself. */
  static final List<String> SET_ITSELF =
      List.of("seed", "epochs", "stop-after", "evaluate-every", "start-from", "restarts");

  private final RunOptions settings;
  private final DefaultSpace usual;
  private final Map<String, Domain> said = new LinkedHashMap<>();

  private AskedSpace(RunOptions settings, DefaultSpace usual) {
    this.settings = settings;
    this.usual = usual;
  }

  /**
   * The space.
   *
   * @param settings what was given, which is fixed
   * @param over what was said with {@code --over}
   * @throws InvalidInputException if a setting is unknown, given, or a value is none of its own
   */
  static SearchSpace of(RunOptions settings, DefaultSpace usual, List<String> over) {
    AskedSpace space = new AskedSpace(settings, usual);
    over.forEach(space::say);
    List<Dimension> dimensions = space.dimensions();
    return new SearchSpace(dimensions, space.starters(dimensions), space.changes(dimensions));
  }

  private void say(String text) {
    int at = text.indexOf('=');
    String name = at < 0 ? text : text.substring(0, at).strip();
    name = ALSO.getOrDefault(name, name);
    if (at < 1 || text.substring(at + 1).isBlank()) {
      throw InvalidInputException.of(
          "over: '%s' must be NAME=VALUES, such as lr=1e-3..5e-2 or prompt-length=8,20,40", text);
    }
    if (SET_ITSELF.contains(name)) {
      throw InvalidInputException.of("over: %s is set by the search itself", name);
    }
    if (settings.isGiven(name)) {
      throw InvalidInputException.of(
          "over: %s is searched, so leave out --%s; or leave it out of --over", name, name);
    }
    Domain domain = domain(name, CommaList.split(text.substring(at + 1)));
    if (said.put(name, domain) != null) {
      throw InvalidInputException.of("over: %s is there twice", name);
    }
  }

  private Domain domain(String name, List<String> values) {
    if (name.equals(Dimension.RATE) && values.equals(List.of("auto"))) {
      return usual.rates();
    }
    return Domain.parse(setting(name), values);
  }

  /**
   * The methods of a search, the first one first: those that {@code --over method=} names, or else
   * the one that was given.
   */
  static List<String> methods(RunOptions settings, List<String> over) {
    AskedSpace space = new AskedSpace(settings, null);
    over.stream()
        .filter(text -> text.split("=", 2)[0].strip().equals(Dimension.METHOD))
        .forEach(space::say);
    return space.methods();
  }

  private List<String> methods() {
    return said.get(Dimension.METHOD) instanceof Domain.Listed listed
        ? listed.values().stream().distinct().toList()
        : List.of(settings.methodName());
  }

  /** The setting of any method of the search that has it. */
  private Setting<?> setting(String name) {
    List<String> methods = methods();
    for (String method : methods) {
      Optional<Setting<?>> setting = settings.setting(method, name);
      if (setting.isPresent()) {
        return setting.get();
      }
    }
    if (settings.names().contains(name)) {
      throw InvalidInputException.of(
          "over: method %s has no setting %s", String.join(", ", methods), name);
    }
    throw InvalidInputException.of(
        "over: there is no setting '%s'%s",
        name,
        Spelling.closest(name, settings.names())
            .map(near -> "; did you mean '" + near + "'?")
            .orElse(""));
  }

  private List<Dimension> dimensions() {
    List<Dimension> dimensions = new ArrayList<>();
    said.forEach((name, domain) -> dimensions.add(new Dimension(name, domain)));
    for (String name : DefaultSpace.names()) {
      if (!said.containsKey(name) && !settings.isGiven(name)) {
        methods().stream()
            .flatMap(method -> usual.of(name, settings.setting(method, name)).stream())
            .findFirst()
            .ifPresent(domain -> dimensions.add(new Dimension(name, domain)));
      }
    }
    return dimensions;
  }

  /** The first settings, each within what is searched. */
  private List<Map<String, String>> starters(List<Dimension> dimensions) {
    List<Map<String, String>> starters = new ArrayList<>();
    for (Map<String, String> wanted : usual.starters()) {
      Map<String, String> starter = new LinkedHashMap<>();
      for (Dimension dimension : dimensions) {
        if (dimension.domain() instanceof Domain.AroundFound) {
          Optional.ofNullable(wanted.get(dimension.setting()))
              .ifPresent(rate -> starter.put(dimension.setting(), rate));
          continue;
        }
        starter.put(dimension.setting(), inside(dimension, wanted.get(dimension.setting())));
      }
      starter.values().removeIf(Domain.UNSET::equals);
      if (!starters.contains(starter)) {
        starters.add(starter);
      }
    }
    return starters;
  }

  /** The first changes, as far as they are within what is searched. */
  private List<Change> changes(List<Dimension> dimensions) {
    return usual.changes().stream()
        .filter(
            change ->
                change.settings().entrySet().stream()
                    .allMatch(
                        each ->
                            dimensions.stream()
                                .filter(dimension -> dimension.setting().equals(each.getKey()))
                                .anyMatch(
                                    dimension ->
                                        dimension.domain() instanceof Domain.AroundFound
                                            || dimension.domain().contains(each.getValue()))))
        .toList();
  }

  private String inside(Dimension dimension, String wanted) {
    Domain domain = dimension.domain();
    String value = wanted == null ? Domain.UNSET : wanted;
    if (domain.contains(value)) {
      return value;
    }
    boolean usualInside =
        methods().stream()
            .flatMap(method -> settings.setting(method, dimension.setting()).stream())
            .flatMap(setting -> usual(setting).stream())
            .anyMatch(domain::contains);
    if (domain.contains(Domain.UNSET) || usualInside) {
      return Domain.UNSET;
    }
    return domain.at(domain instanceof Domain.Listed ? 0 : 0.5);
  }

  /** The default as it is written: 0, and not 0.0. */
  private static <T> Optional<String> usual(Setting<T> setting) {
    return setting
        .byDefault()
        .map(value -> String.valueOf(setting.values().plain(value)).replaceFirst("\\.0$", ""));
  }
}
