package org.ptuning4j.cli.serve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.StopOnSignal;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.RegistryPacks;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.registry.TrustedKey;
import org.ptuning4j.server.ModelServer;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.serving.BatchedServing;
import org.ptuning4j.server.trace.Traces;
import org.ptuning4j.tensor.engine.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune serve}: a server for many packs over one model. */
@CommandLine.Command(
    name = "serve",
    sortOptions = false,
    description = {
      "Serves packs over one model in memory: HTTP with JSON, one text or many, several tasks at"
          + " once.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune serve --model bert-mini --pack reviews=runs/reviews --pack runs/topics",
      "  curl --json '{\"task\": \"reviews\", \"text\": \"A delight.\"}'"
          + " http://localhost:8080/v1/predict",
      "",
      "SIGTERM and Ctrl-C end it: requests that were accepted are answered first.",
      "All addresses and settings: docs/server.md."
    })
public final class ServeCommand extends Command {

  private static final String LATEST = "latest";

  /** How often a registry is looked at. */
  private static final Duration LOOKING = Duration.ofSeconds(1);

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--pack",
      paramLabel = "[NAME=]DIR",
      description =
          "A pack, or the folder of the run that made it. Repeat it for several; a pack without"
              + " NAME is called by its task.")
  List<String> packs = List.of();

  @Option(
      names = "--registry",
      paramLabel = "DIR",
      description =
          "Serve the packs of this registry (its folder, or s3://BUCKET/PREFIX), too, and follow"
              + " it: when a name means another version, that is served within seconds.")
  String registry;

  @Option(
      names = "--alias",
      paramLabel = "NAME",
      defaultValue = "prod",
      description =
          "With --registry: the alias whose version is served of each pack; latest for the newest"
              + " version. Default: prod.")
  String alias;

  @Option(
      names = "--trusted-key",
      paramLabel = "FILE",
      description =
          "With --registry: serve only versions that this key signed (a public Ed25519 key in PEM)."
              + " Repeat it for several. Default: any version whose files are whole.")
  List<Path> trustedKeys = List.of();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Listen here. Default: 127.0.0.1, which only this machine reaches.")
  String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Listen at this port; 0 for any that is free. Default: 8080.")
  int port;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with limits and other settings (docs/server.md).")
  Path config;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      completionCandidates = Choices.Precisions.class,
      description = "${COMPLETION-CANDIDATES}. Default: auto.")
  String precision;

  public ServeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Address address = new Address(host, port);
    ServerSettings settings =
        config == null ? ServerSettings.standard() : ServerSettings.read(config);
    Map<String, Path> folders = PackFolders.named(packs);
    Path folder = ModelLookup.folder(console, model);
    requirePacks();
    ServerMetrics metrics = new ServerMetrics();
    BatcherSettings batching = settings.limits().batching();
    PredictorOptions options =
        PredictorOptions.standard().withPrecision(Precision.parse(precision));
    try (Traces traces = Traces.ofEnvironment(System.getenv());
        Followed followed = followed();
        Predictor predictor =
            Predictor.open(folder, followed.source().map(options::withSource).orElse(options));
        BatchedServing serving =
            new BatchedServing(
                predictor, folders, followed.source(), batching, metrics.questions())) {
      predictor.remarks().forEach(console::warnOnce);
      return serve(serving, metrics, address, settings, traces);
    }
  }

  private static String grpc(ModelServer server) {
    return server.grpcPort().isPresent() ? ", gRPC at port " + server.grpcPort().getAsInt() : "";
  }

  private void requirePacks() {
    if (packs.isEmpty() && registry == null) {
      throw new InvalidInputException(
          "pack: there is nothing to serve; give --pack, or --registry with published packs");
    }
    if (registry == null && !trustedKeys.isEmpty()) {
      throw new InvalidInputException(
          "trusted-key: signatures are of versions in a registry; give --registry as well");
    }
  }

  private Followed followed() {
    if (registry == null) {
      return new Followed(Optional.empty(), Optional.empty());
    }
    Optional<String> served = alias.equals(LATEST) ? Optional.empty() : Optional.of(alias);
    Trust trust =
        trustedKeys.isEmpty()
            ? Trust.anyone()
            : Trust.signedBy(trustedKeys.stream().map(TrustedKey::read).toList());
    OpenedRegistry opened = PackFolders.open(registry);
    opened.registry(); // that it is one is said before the model is read
    RegistryPacks published = new RegistryPacks(opened, served, trust);
    return new Followed(Optional.of(opened), Optional.of(new FollowedRegistry(published, LOOKING)));
  }

  /** A registry that is followed, perhaps, until this is closed. */
  private record Followed(Optional<OpenedRegistry> opened, Optional<FollowedRegistry> source)
      implements AutoCloseable {

    @Override
    public void close() {
      source.ifPresent(FollowedRegistry::close);
      opened.ifPresent(OpenedRegistry::close);
    }
  }

  private int serve(
      BatchedServing serving,
      ServerMetrics metrics,
      Address address,
      ServerSettings settings,
      Traces traces) {
    CountDownLatch ended = new CountDownLatch(1);
    try (StopOnSignal signal = StopOnSignal.silent(ended::countDown);
        ModelServer server =
            ModelServer.start(
                serving,
                serving,
                metrics,
                address,
                settings,
                Optional.ofNullable(config),
                traces)) {
      console.say(
          "Serving "
              + Figures.count(serving.names().size(), "task")
              + (server.isSecure() ? " at https://" : " at http://")
              + address.host()
              + ":"
              + server.port()
              + grpc(server));
      if (serving.names().isEmpty()) {
        console.warnOnce(
            "no pack of the registry has the alias '"
                + alias
                + "': there is nothing to ask until one has (ptune registry list shows aliases)");
      }
      ended.await();
      if (signal.isStopped()) {
        console.say("Stopping; requests that were accepted are answered.");
      }
      return OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNEXPECTED;
    }
  }
}
