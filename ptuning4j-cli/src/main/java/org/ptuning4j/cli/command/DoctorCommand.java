package org.ptuning4j.cli.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.Version;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.cli.options.Plugins;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.MatmulSpeed;
import org.ptuning4j.tensor.engine.PlanDecision;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.engine.Processor;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune doctor}: what this machine is, and what ptune makes of it. */
@CommandLine.Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Shows versions, processor, GPU, the precision that is chosen and why, measured speed,"
          + " memory, folders, plugins and settings. Send it along when you report a problem.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune doctor",
      "  ptune doctor --json",
      "  ptune doctor --replan"
    })
public final class DoctorCommand extends Command {

  private static final String NONE = "none";

  /** What is read from the environment when the process starts. */
  private static final List<String> ENVIRONMENT =
      List.of(
          "OMP_WAIT_POLICY",
          "GOMP_SPINCOUNT",
          "OPENBLAS_NUM_THREADS",
          "OMP_NUM_THREADS",
          "MALLOC_ARENA_MAX",
          "MALLOC_MMAP_THRESHOLD_",
          "MALLOC_TRIM_THRESHOLD_",
          "XDG_CACHE_HOME",
          "PTUNE_JAVA_OPTS",
          Plugins.VARIABLE);

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  @Option(
      names = "--replan",
      description =
          "Measure anew which kernels are fast here, and keep the result if no other work disturbed"
              + " it.")
  boolean replan;

  public DoctorCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Map<String, Map<String, Object>> findings = findings();
    if (json) {
      console.print(new Json().page(findings));
      return OK;
    }
    findings.forEach(
        (title, facts) -> {
          console.print(title(title));
          TextTable table = new TextTable();
          facts.forEach((name, value) -> table.row(title(name), shown(value)));
          table.print(console, "  ");
        });
    return OK;
  }

  private Map<String, Map<String, Object>> findings() {
    Engine engine = engine(Precision.AUTO);
    Machine machine = engine.machine();
    Map<String, Map<String, Object>> findings = new LinkedHashMap<>();
    findings.put("versions", versions());
    Map<String, Object> hardware = new LinkedHashMap<>();
    hardware.put("cpu", machine.cpu());
    Processor processor = machine.processor();
    hardware.put(
        "generation",
        String.join(
            " ", processor.vendor(), "family", processor.family(), "model", processor.model()));
    hardware.put("features", machine.featureList());
    hardware.put(
        "held_down_by",
        processor.limits().isEmpty()
            ? "nothing"
            : processor.limits().entrySet().stream().map(Object::toString).sorted().toList());
    hardware.put("cores", machine.cores());
    hardware.put("threads", Torch.threads());
    hardware.put("gpu", machine.cuda() ? "CUDA" : "none");
    findings.put("machine", hardware);
    Map<String, Object> engineFacts = new LinkedHashMap<>();
    engineFacts.put("device", engine.device());
    engineFacts.put("precision", engine.precision().label());
    engineFacts.put("because", engine.reason());
    engineFacts.putAll(plan(engine));
    findings.put("engine", engineFacts);
    findings.put("speed_gflops", speeds());
    findings.put("memory", memory());
    findings.put("folders", folders());
    findings.put("plugins", plugins());
    findings.put("environment", environment());
    return findings;
  }

  private Engine engine(Precision precision) {
    return replan ? Engine.measuredAnew(precision) : Engine.measured(precision);
  }

  /** The kernels in use, how they were decided, when, and what was measured. */
  private static Map<String, Object> plan(Engine engine) {
    PlanDecision decision = engine.decision();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kernels", decision.plan().describe());
    facts.put("kernels_decided", decision.origin().words());
    facts.put("kernels_since", decision.at().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("kernels_age", age(Duration.between(decision.at(), Instant.now())));
    decision
        .gains()
        .forEach(
            (what, gain) ->
                facts.put(
                    "kernels_" + what.replace(' ', '_'),
                    String.format(Locale.ROOT, "%.2f times as fast as the other kernel", gain)));
    return facts;
  }

  private static String age(Duration age) {
    return age.toDays() > 0
        ? Figures.count(age.toDays(), "day")
        : age.toHours() > 0
            ? Figures.count(age.toHours(), "hour")
            : age.toMinutes() > 0 ? Figures.count(age.toMinutes(), "minute") : "new";
  }

  private static Map<String, Object> versions() {
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("ptuning4j", Version.current());
    versions.put("libtorch", Torch.version());
    versions.put(
        "java",
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
    versions.put(
        "os",
        String.join(
            " ",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch")));
    return versions;
  }

  private static Map<String, Object> speeds() {
    Map<String, Object> speeds = new LinkedHashMap<>();
    for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
      MatmulSpeed speed = MatmulSpeed.measure(Engine.open(precision));
      speeds.put(
          String.format(
              Locale.ROOT,
              "%s_%dx%dx%d",
              precision.label(),
              speed.rows(),
              speed.inner(),
              speed.columns()),
          Math.round(speed.gigaflops()));
    }
    return speeds;
  }

  private static Map<String, Object> memory() {
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("total", Figures.bytes(Machine.totalMemoryBytes()));
    memory.put("java_heap_limit", Figures.bytes(Runtime.getRuntime().maxMemory()));
    memory.put("held_now", Figures.bytes(Machine.residentBytes()));
    memory.put("held_at_most", Figures.bytes(Machine.peakMemoryBytes()));
    return memory;
  }

  private static Map<String, Object> folders() {
    Map<String, Object> folders = new LinkedHashMap<>();
    folders.put("cache", Torch.cacheFolder().toString());
    folders.put("models", Torch.cacheFolder().resolve("models").toString());
    folders.put(
        "native_libraries",
        System.getProperty(
            "org.bytedeco.javacpp.cachedir",
            Path.of(System.getProperty("user.home"), ".javacpp", "cache").toString()));
    return folders;
  }

  /** The jars of extensions, and what they and those on the class path bring. */
  private static Map<String, Object> plugins() {
    Map<String, Object> plugins = new LinkedHashMap<>();
    List<Path> jars = Plugins.jars(System.getenv().getOrDefault(Plugins.VARIABLE, ""));
    plugins.put("jars", jars.isEmpty() ? NONE : jars.stream().map(Path::toString).toList());
    plugins.put(
        "methods", added(PromptMethods.standard().names(), PromptMethods.installed().names()));
    plugins.put("tasks", added(Tasks.standard().names(), Tasks.installed().names()));
    plugins.put("heads", added(Heads.standard().kinds(), Heads.installed().kinds()));
    plugins.put(
        "model_types",
        added(BackboneFamilies.standard().modelTypes(), BackboneFamilies.installed().modelTypes()));
    return plugins;
  }

  private static Object added(Collection<String> own, Collection<String> all) {
    List<String> others = all.stream().filter(name -> !own.contains(name)).toList();
    return others.isEmpty() ? NONE : others;
  }

  private static Map<String, Object> environment() {
    Map<String, Object> environment = new LinkedHashMap<>();
    for (String name : ENVIRONMENT) {
      String value = System.getenv(name);
      environment.put(name, value == null ? "not set" : value);
    }
    return environment;
  }

  /** A key as a person reads it; names of environment variables stay as they are. */
  private static String title(String key) {
    return key.equals(key.toLowerCase(Locale.ROOT)) ? key.replace('_', ' ') : key;
  }

  private static String shown(Object value) {
    return value instanceof List<?> list
        ? String.join(" ", list.stream().map(String::valueOf).toList())
        : value instanceof Long number ? Figures.count(number) : String.valueOf(value);
  }
}
