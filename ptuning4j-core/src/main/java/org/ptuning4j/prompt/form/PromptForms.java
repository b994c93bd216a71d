package org.ptuning4j.prompt.form;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.Extensions;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/**
 * The forms of prompts that packs may hold, by name. Immutable: {@link #with} gives a registry with
 * one more.
 */
public final class PromptForms {

  private static final String FORM = "form";

  private final Map<String, PromptForm<?>> forms;

  private PromptForms(Map<String, PromptForm<?>> forms) {
    this.forms = forms;
  }

  /** The forms of this library. */
  public static PromptForms standard() {
    return new PromptForms(Map.of())
        .with(DeepPrompt.FORM)
        .with(DeepPrompt.SEPARATE)
        .with(InputPrompt.FORM);
  }

  /** The forms of this library and those of extensions on the class path. */
  public static PromptForms installed() {
    PromptForms all = standard();
    for (PromptForm<?> form : Extensions.of(PromptForm.class)) {
      all = all.with(form);
    }
    return all;
  }

  /**
   * The registry with a further form.
   *
   * @throws InvalidInputException if there is one of that name already
   */
  public PromptForms with(PromptForm<?> form) {
    if (forms.containsKey(form.name())) {
      throw InvalidInputException.of(
          "there is a form of prompts '%s' already; choose another name", form.name());
    }
    Map<String, PromptForm<?>> more = new LinkedHashMap<>(forms);
    more.put(form.name(), form);
    return new PromptForms(Collections.unmodifiableMap(more));
  }

  /**
   * The form that a description names; one without {@code form} is of the first version of packs,
   * and deep.
   *
   * @throws InvalidInputException if there is no such form
   */
  public PromptForm<?> of(Fields description) {
    String name =
        description.has(FORM)
            ? Fields.string(description.path(FORM), description.value(FORM))
            : DeepPrompt.FORM.name();
    PromptForm<?> form = forms.get(name);
    if (form == null) {
      throw InvalidInputException.of(
          "%s: '%s' is not one of %s",
          description.path(FORM), name, String.join(", ", forms.keySet()));
    }
    return form;
  }

  /**
   * Checks what a pack says of its prompt.
   *
   * @param shapes the shapes of the pack's tensors, by name
   * @throws InvalidInputException if a field is missing or unusable, or does not fit the tensors
   */
  public void check(Fields description, Map<String, List<Long>> shapes) {
    of(description).check(description, shapes);
  }

  /** The names that the tensors of any form have. */
  public Set<String> tensorNames() {
    Set<String> names = new TreeSet<>();
    forms.values().forEach(form -> names.addAll(form.tensorNames()));
    return names;
  }

  /**
   * Makes sure that a prompt's vectors are there, and as many as its description says.
   *
   * @param name the tensor, whose first dimension is P
   */
  static void requireRows(String name, Fields description, Map<String, List<Long>> shapes) {
    int length = description.integer("length");
    List<Long> shape = shapes.get(name);
    if (shape == null) {
      throw InvalidInputException.of(
          "%s is described, but there are no %s", description.path(), name);
    }
    if (shape.size() != 2 || shape.get(0) != length) {
      throw InvalidInputException.of(
          "%s is %d, but %s is %s", description.path("length"), length, name, shape);
    }
  }
}
