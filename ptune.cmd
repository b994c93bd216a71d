@echo off
rem Starts the ptune command from this checkout; builds it on first use. After changing sources,
rem delete ptuning4j-cli\target\ptune.built to have it built again.
setlocal
set "HERE=%~dp0"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not exist "%HERE%ptuning4j-cli\target\ptune.built" (
  echo ptune: building ^(mvn package^); the first time this downloads libraries and takes minutes 1>&2
  pushd "%HERE%"
  call mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl ptuning4j-cli -am package || (popd & exit /b 1)
  popd
  type nul > "%HERE%ptuning4j-cli\target\ptune.built"
)
if not defined OMP_WAIT_POLICY set OMP_WAIT_POLICY=PASSIVE
for %%J in ("%HERE%ptuning4j-cli\target\ptuning4j-cli-*.jar") do set "JAR=%%J"
"%JAVA%" -XX:+UseSerialGC %PTUNE_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
