from quanzi_local.cli import main

main()
